package gateway

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// answer is what a function may return. Values of headers may be strings, numbers or booleans.
type answer struct {
	StatusCode      json.RawMessage `json:"statusCode"`
	Headers         map[string]any  `json:"headers"`
	Cookies         []string        `json:"cookies"`
	Body            *string         `json:"body"`
	IsBase64Encoded bool            `json:"isBase64Encoded"`
}

// hopByHop are headers of a connection, which no function sets.
var hopByHop = map[string]bool{
	"Connection": true, "Transfer-Encoding": true, "Content-Length": true, "Keep-Alive": true, "Te": true, "Trailer": true, "Upgrade": true,
	"Proxy-Connection": true,
}

// reply turns a function's payload into the HTTP answer. A payload without statusCode is the body of a 200; a payload that cannot
// be read is a 500, which the function never notices.
func reply(w http.ResponseWriter, payload []byte) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil || fields["statusCode"] == nil {
		inferred(w, payload)
		return
	}
	var response answer
	if err := json.Unmarshal(payload, &response); err != nil {
		message(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	status, err := strconv.Atoi(strings.Trim(string(response.StatusCode), `"`))
	if err != nil || status < 200 || status > 599 {
		message(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	var body []byte
	if response.Body != nil {
		body = []byte(*response.Body)
		if response.IsBase64Encoded {
			if body, err = base64.StdEncoding.DecodeString(*response.Body); err != nil {
				message(w, http.StatusInternalServerError, "Internal Server Error")
				return
			}
		}
	}
	header := w.Header()
	for name, value := range response.Headers {
		text, ok := headerText(value)
		if !ok {
			message(w, http.StatusInternalServerError, "Internal Server Error")
			return
		}
		if !hopByHop[http.CanonicalHeaderKey(name)] {
			header.Set(name, text)
		}
	}
	for _, cookie := range response.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	if header.Get("Content-Type") == "" && len(body) > 0 {
		header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	write(w, status, body)
}

func headerText(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(value), true
	}
	return "", false
}

// inferred is the answer to a payload without statusCode.
func inferred(w http.ResponseWriter, payload []byte) {
	if !json.Valid(payload) {
		message(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	var text string
	if payload[0] == '"' && json.Unmarshal(payload, &text) == nil {
		payload = []byte(text)
	}
	w.Header().Set("Content-Type", "application/json")
	write(w, http.StatusOK, payload)
}

// write leaves the body out of an answer to HEAD by itself: net/http does.
func write(w http.ResponseWriter, status int, body []byte) {
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	w.Write(body)
}
