package setup_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// routes are "METHOD path" of every HTTP event, each with its function and its event's properties.
type route struct {
	key, function string
	event         any
}

func routes(t tree) []route {
	var out []route
	for _, f := range functions(t) {
		for _, e := range keys(at(t, "Resources."+f+".Properties.Events")) {
			event := at(t, "Resources."+f+".Properties.Events."+e)
			if kind := at(event, "Type"); kind != "DynamoDB" && kind != "EventBridgeRule" {
				out = append(out, route{fmt.Sprintf("%v %v", at(event, "Properties.Method"), at(event, "Properties.Path")), f, event})
			}
		}
	}
	return out
}

// Methods a person misspells pass every linter and make no route.
func TestRoutesAreExactlyTheDesigns(t *testing.T) {
	design := []string{
		"Bind POST /v1/binding", "Status GET /v1/binding", "Resend POST /v1/binding/resend", "Resend POST /v1/binding/reconfirm",
		"Verify POST /v1/binding/verify", "Verify POST /verify",
		"Recover POST /v1/recovery", "Recover POST /v1/recovery/verify", "Reset POST /v1/recovery/password",
		"Page GET /verify", "Page HEAD /verify", "Page GET /deny", "Page HEAD /deny", "Page GET /done", "Page HEAD /done",
		"Page GET /recover", "Page HEAD /recover", "Page GET /reset", "Page HEAD /reset", "Page GET /openapi.yaml", "Page HEAD /openapi.yaml",
	}
	hold(t, func(t tree) []string {
		var got, out []string
		for _, r := range routes(t) {
			got = append(got, r.function+" "+r.key)
			if at(r.event, "Type") != "HttpApi" || text(at(r.event, "Properties.ApiId")) != "Api" {
				out = append(out, r.key+" is not a route of Api")
			}
		}
		return append(out, differ("routes", got, design)...)
	},
		fault{"method that does not exist", set("Resources.Bind.Properties.Events.Post.Properties.Method", "pst")},
		fault{"any method", set("Resources.Page.Properties.Events.GetVerify.Properties.Method", "ANY")},
		fault{"other path", set("Resources.Page.Properties.Events.GetDeny.Properties.Path", "/denied")},
		fault{"lost route", drop("Resources.Page.Properties.Events.HeadVerify")},
		fault{"route of an API that SAM would make by itself", drop("Resources.Bind.Properties.Events.Post.Properties.ApiId")},
	)
}

// A route is public on purpose or asks for a token with the scope; there is no default that would do either unseen.
func TestPublicRoutesAreExactlyTheListed(t *testing.T) {
	public := []string{
		"POST /verify", "POST /v1/recovery", "POST /v1/recovery/verify", "POST /v1/recovery/password",
		"GET /recover", "HEAD /recover", "GET /reset", "HEAD /reset", "GET /verify", "HEAD /verify", "GET /deny", "HEAD /deny", "GET /done", "HEAD /done",
		"GET /openapi.yaml", "HEAD /openapi.yaml",
	}
	hold(t, func(t tree) []string {
		var got, out []string
		for _, r := range routes(t) {
			auth := at(r.event, "Properties.Auth")
			if auth == nil {
				got = append(got, r.key)
				continue
			}
			if at(auth, "Authorizer") != "Jwt" || fmt.Sprint(texts(at(auth, "AuthorizationScopes"))) != "[JwtScope]" {
				out = append(out, fmt.Sprintf("%s asks for %v", r.key, auth))
			}
		}
		if at(t, "Resources.Api.Properties.Auth.DefaultAuthorizer") != nil {
			out = append(out, "a default authorizer hides which routes are public")
		}
		// Without a scope an ID token passes: its audience is the client.
		if at(t, "Parameters.JwtScope.Default") != nil || at(t, "Parameters.JwtScope.MinLength") != 1 {
			out = append(out, "JwtScope may be empty")
		}
		return append(out, differ("public routes", got, public)...)
	},
		fault{"bind without token", drop("Resources.Bind.Properties.Events.Post.Properties.Auth")},
		fault{"confirm without token", drop("Resources.Resend.Properties.Events.Reconfirm.Properties.Auth")},
		fault{"no authorizer", set("Resources.Status.Properties.Events.Get.Properties.Auth.Authorizer", "NONE")},
		fault{"no scope", drop("Resources.Status.Properties.Events.Get.Properties.Auth.AuthorizationScopes")},
		fault{"empty scopes", set("Resources.Status.Properties.Events.Get.Properties.Auth.AuthorizationScopes", []any{})},
		fault{"scope may be empty", drop("Parameters.JwtScope.MinLength")},
		fault{"scope is empty by default", set("Parameters.JwtScope.Default", "")},
		fault{"who forgot the password has to sign in", set("Resources.Recover.Properties.Events.Ask.Properties.Auth", tree{"Authorizer": "Jwt", "AuthorizationScopes": []any{tree{"Ref": "JwtScope"}}})},
		fault{"the link's form behind a token", set("Resources.Verify.Properties.Events.Link.Properties.Auth", tree{"Authorizer": "Jwt"})},
		fault{"default authorizer", set("Resources.Api.Properties.Auth.DefaultAuthorizer", "Jwt")},
	)
}

func TestAuthorizerChecksIssuerAndAudience(t *testing.T) {
	const jwt = "Resources.Api.Properties.Auth.Authorizers.Jwt"
	hold(t, func(t tree) []string {
		out := want(t, jwt+".IdentitySource", "$request.header.Authorization")
		out = append(out, want(t, jwt+".JwtConfiguration.issuer", tree{"Ref": "JwtIssuer"})...)
		out = append(out, want(t, jwt+".JwtConfiguration.audience", []any{tree{"Ref": "JwtAudience"}})...)
		out = append(out, differ("authorizers", keys(at(t, "Resources.Api.Properties.Auth.Authorizers")), []string{"Jwt"})...)
		for _, p := range []string{"JwtIssuer", "JwtAudience"} {
			if at(t, "Parameters."+p) == nil || at(t, "Parameters."+p+".Default") != nil {
				out = append(out, p+" has a default: a deployment that forgets it would trust somebody else's")
			}
		}
		return out
	},
		fault{"no audience", drop(jwt + ".JwtConfiguration.audience")},
		fault{"empty audience", set(jwt+".JwtConfiguration.audience", []any{})},
		fault{"issuer written down", set(jwt+".JwtConfiguration.issuer", "https://login.example.com/")},
		fault{"issuer by default", set("Parameters.JwtIssuer.Default", "https://login.example.com/")},
		fault{"token from the query", set(jwt+".IdentitySource", "$request.querystring.token")},
	)
}

// P12: path and query hold the token, the address of the caller is personal.
func TestAccessLogHoldsNoPathOrQuery(t *testing.T) {
	const format = "Resources.Api.Properties.AccessLogSettings.Format"
	allowed := []string{
		"requestTimeEpoch", "requestId", "routeKey", "status", "responseLatency", "integrationLatency", "integration.status",
		"responseLength", "authorizer.error", "error.responseType",
	}
	variable := regexp.MustCompile(`\$context\.([A-Za-z.]*)`)
	hold(t, func(t tree) []string {
		var out []string
		text, _ := at(t, format).(string)
		var line map[string]string
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return []string{"access log: " + err.Error()}
		}
		found := variable.FindAllStringSubmatch(text, -1)
		for _, v := range found {
			if !slices.Contains(allowed, v[1]) {
				out = append(out, "access log holds "+v[1])
			}
		}
		if len(found) != len(line) || strings.Count(text, "$") != len(found) {
			out = append(out, "access log holds something that is not one variable a member")
		}
		return append(out, want(t, "Resources.Api.Properties.AccessLogSettings.DestinationArn", arn("ApiLog"))...)
	},
		fault{"path", set(format, `{"route":"$context.path"}`)},
		fault{"address", set(format, `{"ip":"$context.identity.sourceIp"}`)},
		fault{"claims", set(format, `{"who":"$context.authorizer.claims.sub"}`)},
		fault{"query", set(format, `{"q":"$request.querystring.t"}`)},
		fault{"not JSON", set(format, `$context.requestId $context.status`)},
		fault{"no log", drop("Resources.Api.Properties.AccessLogSettings")},
	)
}

// What anybody may call has a limit of its own, so that a flood of one route leaves the others their turns; so have the three
// routes that mails are made of. Settings of its own turn a route's metrics off unless they say otherwise.
func TestEveryRouteIsThrottled(t *testing.T) {
	const api = "Resources.Api.Properties."
	limits := func(rate string) string {
		return fmt.Sprint(tree{"DetailedMetricsEnabled": true, "ThrottlingRateLimit": tree{"Ref": rate}, "ThrottlingBurstLimit": tree{"Ref": rate}})
	}
	hold(t, func(t tree) []string {
		var out, own []string
		settings, _ := at(t, api+"RouteSettings").(tree)
		for _, r := range routes(t) {
			rate := "RequestRate"
			switch {
			case r.key == "POST /v1/binding" || r.function == "Resend":
				rate = "MailRequestRate"
			case at(r.event, "Properties.Auth") != nil:
				continue // the default
			case r.function == "Recover" || r.function == "Reset":
				rate = "RecoveryRate"
			}
			own = append(own, r.key)
			if got := fmt.Sprint(settings[r.key]); got != limits(rate) {
				out = append(out, r.key+" has the limits "+got)
			}
		}
		if got := fmt.Sprint(at(t, api+"DefaultRouteSettings")); got != limits("RequestRate") {
			out = append(out, "other routes have the limits "+got)
		}
		// Settings of a route that does not exist fail the deployment only.
		return append(out, differ("routes with limits of their own", keys(settings), own)...)
	},
		fault{"no default", drop(api + "DefaultRouteSettings")},
		fault{"no rate", drop(api + "DefaultRouteSettings.ThrottlingRateLimit")},
		fault{"confirmations like any other", drop(api + "RouteSettings.POST /v1/binding/reconfirm")},
		fault{"bind like any other", drop(api + "RouteSettings.POST /v1/binding")},
		fault{"one bucket for pages", drop(api + "RouteSettings.HEAD /reset")},
		fault{"recovery like any other", set(api+"RouteSettings.POST /v1/recovery/verify.ThrottlingRateLimit", tree{"Ref": "RequestRate"})},
		fault{"no burst", drop(api + "RouteSettings.POST /v1/recovery/password.ThrottlingBurstLimit")},
		fault{"uncounted floods", set(api+"RouteSettings.POST /v1/recovery.DetailedMetricsEnabled", false)},
		fault{"limits of no route", set(api+"RouteSettings.POST /v1/bindings", tree{})},
	)
}

// A link holds the base URL: longer ones make mails that clients wrap. The stage "local" must not reach AWS.
func TestParametersRefuseWhatFunctionsWouldRefuse(t *testing.T) {
	hold(t, func(t tree) []string {
		out := want(t, "Parameters.BaseUrl.MaxLength", 40)
		out = append(out, matches(t, "BaseUrl", map[string]bool{
			"https://id.example.com": true, "https://a.cn": true, "https://id.example.com/": false, "http://id.example.com": false,
			"https://": false, "https://id.example.com/x": false, "https://ID.example.com": false, "https://u@example.com": false,
		})...)
		if !strings.HasPrefix(fmt.Sprint(at(t, "Parameters.Stage.AllowedPattern")), "(?!local$)") {
			out = append(out, "Stage may be local")
		}
		// It stands in a permission: a star there would be every bus.
		return append(out, matches(t, "EventBus", map[string]bool{
			"default": true, "market-events.v2": true, "*": false, "": false, "arn:aws:events:us-east-1:123456789012:event-bus/x": false, "x/*": false,
		})...)
	},
		fault{"any bus", set("Parameters.EventBus.AllowedPattern", ".+")},
		fault{"long", set("Parameters.BaseUrl.MaxLength", 64)},
		fault{"any URL", set("Parameters.BaseUrl.AllowedPattern", "https?://.+")},
		fault{"slash", set("Parameters.BaseUrl.AllowedPattern", "https://[a-z0-9.-]+/?")},
		fault{"local", set("Parameters.Stage.AllowedPattern", "[a-z]+")},
	)
}

// event.json beside a function is one that its own route or stream would bring.
func TestSampleEventsBelongToTheirFunctions(t *testing.T) {
	all := routes(load(t))
	for _, f := range functions(load(t)) {
		path := "../../functions/" + strings.ToLower(f) + "/event.json"
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		var event tree
		if err := json.Unmarshal(data, &event); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if attribute := map[string]string{"Mailer": "due_verify.B", "Events": "ev.S"}[f]; attribute != "" {
			if at(event, "Records.0.eventSource") != "aws:dynamodb" || at(event, "Records.0.dynamodb.NewImage."+attribute) == nil {
				t.Errorf("%s: no record of the stream that this function's filter lets through", path)
			}
			continue
		}
		if f == "Feedback" { // as one of its rules makes it
			members := slices.Concat([]string{"event", "tag", "told", "mailed"}, slices.Collect(maps.Keys(reports["Bounced"].paths)))
			if got := differ(path, keys(event), members); len(got) != 0 || event["event"] != reports["Bounced"].detailType {
				t.Errorf("%s: not what the rule of bounces makes: %v", path, got)
			}
			continue
		}
		key := event["routeKey"]
		if f == "Credential" {
			if key != nil || event["Records"] != nil || len(event) == 0 {
				t.Errorf("%s: not what a platform that invokes it hands over", path)
			}
			continue
		}
		i := slices.IndexFunc(all, func(r route) bool { return r.key == key && r.function == f })
		if i < 0 || event["version"] != "2.0" {
			t.Errorf("%s: %v is no route of %s in payload 2.0", path, key, f)
			continue
		}
		claims, _ := at(event, "requestContext.authorizer.jwt.claims").(tree)
		if jwt := at(all[i].event, "Properties.Auth") != nil; jwt != (claims != nil) {
			t.Errorf("%s: claims %v on a route whose authorizer is %v", path, claims, jwt)
		}
		for name, value := range claims {
			if _, ok := value.(string); !ok {
				t.Errorf("%s: claim %s is %T; the gateway hands all claims on as strings", path, name, value)
			}
		}
	}
}
