package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// recorder is a function that keeps its event and gives a fixed answer.
type recorder struct {
	event         map[string]any
	payload       string
	functionError string
	err           error
}

func (r *recorder) invoke(_ context.Context, event []byte) ([]byte, string, error) {
	r.event = nil
	if err := json.Unmarshal(event, &r.event); err != nil {
		return nil, "", err
	}
	return []byte(r.payload), r.functionError, r.err
}

func serve(t *testing.T, function *recorder, change func(*http.Request), routes ...Route) *http.Response {
	t.Helper()
	if len(routes) == 0 {
		routes = []Route{{Method: "ANY", Path: "$default"}}
	}
	for i := range routes {
		if routes[i].Function == nil {
			routes[i].Function = function.invoke
		}
	}
	server := httptest.NewServer(New(routes))
	t.Cleanup(server.Close)
	request, err := http.NewRequest("POST", server.URL+"/v1/binding?a=1&b=2&a=3&c=x%20y", nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func setBody(r *http.Request, kind, text string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
}

func at(t *testing.T, value any, path string) any {
	t.Helper()
	for name := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("%s: %v is no object", path, value)
		}
		value = object[name]
	}
	return value
}

func TestTheEventHasTheShapeOfPayloadFormat2(t *testing.T) {
	function := &recorder{payload: `{"statusCode":204}`}
	serve(t, function, func(r *http.Request) {
		r.Header.Add("X-Twice", "one")
		r.Header.Add("X-Twice", "two")
		r.Header.Set("Cookie", "a=1; b=2")
		r.Header.Set("User-Agent", "test")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		setBody(r, "application/json", `{"email":"a@b.example"}`)
	}, Route{Method: "POST", Path: "/v1/binding"})
	for path, want := range map[string]any{
		"version": "2.0", "routeKey": "POST /v1/binding", "rawPath": "/v1/binding", "rawQueryString": "a=1&b=2&a=3&c=x%20y",
		"headers.x-twice": "one,two", "headers.cookie": nil, "headers.content-type": "application/json", "headers.content-length": "23",
		"headers.x-forwarded-for": "203.0.113.9, 127.0.0.1", "headers.x-forwarded-proto": "http",
		"queryStringParameters": map[string]any{"a": "1,3", "b": "2", "c": "x y"}, "cookies": []any{"a=1", "b=2"},
		"body": `{"email":"a@b.example"}`, "isBase64Encoded": false, "requestContext.stage": "$default", "requestContext.routeKey": "POST /v1/binding",
		"requestContext.domainName": "127.0.0.1", "requestContext.http.method": "POST", "requestContext.http.path": "/v1/binding",
		"requestContext.http.protocol": "HTTP/1.1", "requestContext.http.sourceIp": "127.0.0.1", "requestContext.http.userAgent": "test",
		"requestContext.authorizer": nil,
	} {
		if got := at(t, function.event, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	for name := range at(t, function.event, "headers").(map[string]any) {
		if name != strings.ToLower(name) {
			t.Errorf("the header %s is not in lower case", name)
		}
	}
	if epoch, _ := at(t, function.event, "requestContext.timeEpoch").(float64); epoch < 1.7e12 {
		t.Errorf("timeEpoch %v is not in milliseconds", epoch)
	}
}

func TestOnlyBodiesOfTextTypesArriveAsTheyAre(t *testing.T) {
	for _, test := range []struct {
		kind, text, want string
		encoded          bool
	}{
		{"application/json; charset=utf-8", "{}", "{}", false},
		{"application/problem+json", "{}", "{}", false},
		{"text/plain", "x", "x", false},
		{"application/x-www-form-urlencoded", "a=b", "YT1i", true},
		{"application/octet-stream", "x", "eA==", true},
		{"application/json", "\xff", "/w==", true},
		{"", "x", "eA==", true},
	} {
		function := &recorder{payload: `{"statusCode":204}`}
		serve(t, function, func(r *http.Request) { setBody(r, test.kind, test.text) })
		if function.event["body"] != test.want || function.event["isBase64Encoded"] != test.encoded {
			t.Errorf("%q: got %v, %v", test.kind, function.event["body"], function.event["isBase64Encoded"])
		}
	}
}

func TestTheAnswerIsTheFunctionsOrTheGatewaysOwn(t *testing.T) {
	for _, test := range []struct {
		name   string
		f      recorder
		status int
		kind   string
		body   string
	}{
		{"plain", recorder{payload: `{"statusCode":202,"headers":{"content-type":"application/problem+json","retry-after":60},"body":"{}"}`}, 202, "application/problem+json", "{}"},
		{"base64", recorder{payload: `{"statusCode":200,"headers":{"content-type":"image/gif"},"body":"eA==","isBase64Encoded":true}`}, 200, "image/gif", "x"},
		{"no type", recorder{payload: `{"statusCode":200,"body":"x"}`}, 200, "text/plain;charset=UTF-8", "x"},
		{"no statusCode", recorder{payload: `{"state":"bound"}`}, 200, "application/json", `{"state":"bound"}`},
		{"a string", recorder{payload: `"hello"`}, 200, "application/json", "hello"},
		{"null", recorder{payload: `null`}, 200, "application/json", "null"},
		{"a body that is no string", recorder{payload: `{"statusCode":200,"body":{}}`}, 500, "application/json", `{"message":"Internal Server Error"}`},
		{"a status that is none", recorder{payload: `{"statusCode":7}`}, 500, "application/json", `{"message":"Internal Server Error"}`},
		{"bad base64", recorder{payload: `{"statusCode":200,"body":"?","isBase64Encoded":true}`}, 500, "application/json", `{"message":"Internal Server Error"}`},
		{"failed", recorder{payload: `{}`, functionError: "Unhandled"}, 500, "application/json", `{"message":"Internal Server Error"}`},
		{"no end", recorder{err: errors.New("too late")}, 503, "application/json", `{"message":"Service Unavailable"}`},
	} {
		response := serve(t, &test.f, nil)
		if got := body(t, response); response.StatusCode != test.status || response.Header.Get("Content-Type") != test.kind || got != test.body {
			t.Errorf("%s: got %d %s %s", test.name, response.StatusCode, response.Header.Get("Content-Type"), got)
		}
	}
}

func TestCookiesHeadersAndRedirectsPass(t *testing.T) {
	function := &recorder{payload: `{"statusCode":303,"headers":{"Location":"/done","Connection":"close"},"cookies":["a=1","b=2"],"multiValueHeaders":{"x":["y"]}}`}
	response := serve(t, function, nil)
	if response.StatusCode != 303 || response.Header.Get("Location") != "/done" || len(response.Header.Values("Set-Cookie")) != 2 || response.Header.Get("X") != "" {
		t.Errorf("got %d %v", response.StatusCode, response.Header)
	}
}

func TestHeadHasTheLengthAndNoBody(t *testing.T) {
	function := &recorder{payload: `{"statusCode":200,"headers":{"content-type":"text/html"},"body":"<p>"}`}
	response := serve(t, function, func(r *http.Request) { r.Method = "HEAD" })
	if got := body(t, response); response.ContentLength != 3 || got != "" {
		t.Errorf("got length %d, body %q", response.ContentLength, got)
	}
}

func TestRoutesMatchAsExactlyAsTheyCan(t *testing.T) {
	var met string
	mark := func(name string) Function {
		return func(context.Context, []byte) ([]byte, string, error) {
			met = name
			return []byte(`{"statusCode":204}`), "", nil
		}
	}
	gateway := New([]Route{
		{Method: "GET", Path: "/verify", Function: mark("exact")}, {Method: "ANY", Path: "/verify", Function: mark("any")},
		{Method: "GET", Path: "/things/{id}", Function: mark("one")}, {Method: "GET", Path: "/things/{rest+}", Function: mark("rest")},
	})
	for request, want := range map[string]string{
		"GET /verify": "exact", "POST /verify": "any", "GET /things/7": "one", "GET /things/7/8": "rest", "POST /things/7": "", "GET /verify/": "", "GET /": "",
	} {
		met = ""
		method, path, _ := strings.Cut(request, " ")
		recorder := httptest.NewRecorder()
		gateway.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
		if met != want {
			t.Errorf("%s met %q, want %q", request, met, want)
		}
		if want == "" && (recorder.Code != 404 || recorder.Body.String() != `{"message":"Not Found"}`) {
			t.Errorf("%s: got %d %s", request, recorder.Code, recorder.Body)
		}
	}
}

func TestBodiesOverTheLimitsAreRefused(t *testing.T) {
	for _, size := range []int{bodyLimit + 1, eventLimit} {
		function := &recorder{payload: `{"statusCode":204}`}
		response := serve(t, function, func(r *http.Request) { setBody(r, "text/plain", strings.Repeat("x", size)) })
		if response.StatusCode != 413 || function.event != nil {
			t.Errorf("%d bytes: got %d", size, response.StatusCode)
		}
	}
}
