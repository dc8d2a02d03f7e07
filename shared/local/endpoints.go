package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"mailbind/shared/local/gateway"
	"mailbind/shared/local/issuer"
	"mailbind/shared/local/ses"
)

//go:embed ui
var ui embed.FS

// handler serves the page, /_local, invocations, and the API at all other paths.
func (s *stack) handler() (http.Handler, error) {
	routes, err := s.routes()
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(ui, "ui")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", gateway.New(routes))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		asPage(w)
		http.ServeFileFS(w, r, files, "index.html")
	})
	calling, err := s.platform.Handler()
	if err != nil {
		return nil, err
	}
	page := http.StripPrefix("/_local/ui/", http.FileServerFS(files))
	mux.HandleFunc("GET /_local/ui/", func(w http.ResponseWriter, r *http.Request) {
		asPage(w)
		page.ServeHTTP(w, r)
	})
	mux.Handle("GET /_local/issuer/", http.StripPrefix("/_local/issuer", s.issuer.Handler()))
	mux.Handle("/_local/platform/", http.StripPrefix("/_local/platform", calling))
	mux.HandleFunc("POST /_local/token", s.token)
	mux.HandleFunc("GET /_local/mails", func(w http.ResponseWriter, r *http.Request) { answer(w, s.ses.Mails(r.URL.Query().Get("to"))) })
	mux.HandleFunc("GET /_local/mails/{id}/html", s.mailHTML)
	mux.HandleFunc("GET /_local/events", s.events)
	mux.HandleFunc("GET /_local/ses", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.ses.State()) })
	mux.HandleFunc("POST /_local/ses", s.setSES)
	mux.HandleFunc("POST /_local/secrets", s.changeSecret)
	mux.HandleFunc("GET /_local/functions", s.functions)
	mux.HandleFunc("GET /_local/info", s.info)
	mux.HandleFunc("/_local/", func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusNotFound, fmt.Errorf("the local stack has no %s %s", r.Method, r.URL.Path))
	})
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", s.invocation)
	return onlyFor(strings.TrimPrefix(s.base, "http://"), mux), nil
}

// onlyFor refuses requests that name another host: a page on the internet whose name was made to lead to 127.0.0.1 (DNS rebinding)
// must not read mails and tokens here. A page of another origin may not command the stack either.
func onlyFor(address string, inner http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(address)
	local := net.JoinHostPort("localhost", port)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address && r.Host != local {
			complain(w, http.StatusMisdirectedRequest, fmt.Errorf("this is http://%s; requests for %q are not answered", address, r.Host))
			return
		}
		origin := r.Header.Get("Origin")
		commands := strings.HasPrefix(r.URL.Path, "/_local/") || strings.HasPrefix(r.URL.Path, "/2015-03-31/")
		if commands && origin != "" && origin != "http://"+address && origin != "http://"+local {
			complain(w, http.StatusForbidden, fmt.Errorf("pages of %s have no say here", origin))
			return
		}
		inner.ServeHTTP(w, r)
	})
}

func asPage(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
}

// mailHTML shows a mail's HTML part as a page that can do nothing but be read; its links open apart.
func (s *stack) mailHTML(w http.ResponseWriter, r *http.Request) {
	mail, ok := s.ses.Mail(r.PathValue("id"))
	if !ok || mail.HTML == "" {
		complain(w, http.StatusNotFound, errors.New("there is no such mail with an HTML part"))
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'")
	w.Write([]byte(strings.Replace(mail.HTML, "<head>", `<head><base target="_blank">`, 1)))
}

func (s *stack) token(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Account string `json:"account"`
		Label   string `json:"label"`
		Locale  string `json:"locale"`
		AuthAge int64  `json:"auth_age"` // seconds
	}
	if err := read(w, r, &wanted); err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	if wanted.Account == "" || len(wanted.Account) > 255 {
		complain(w, http.StatusBadRequest, fmt.Errorf("account has %d bytes; want 1 to 255", len(wanted.Account)))
		return
	}
	const tenYears = 10 * 365 * 24 * 3600
	if wanted.AuthAge < 0 || wanted.AuthAge > tenYears {
		complain(w, http.StatusBadRequest, fmt.Errorf("auth_age is %d; want seconds since the sign-in, 0 to %d", wanted.AuthAge, tenYears))
		return
	}
	token, err := s.issuer.Token(issuer.Person{
		Account: wanted.Account, Label: wanted.Label, Locale: wanted.Locale, AuthAge: time.Duration(wanted.AuthAge) * time.Second,
	}, time.Now())
	if err != nil {
		complain(w, http.StatusInternalServerError, err)
		return
	}
	answer(w, map[string]string{"token": token})
}

// events lists the product's events, or those whose source begins with source: ?source=aws.ses are the mail service's.
func (s *stack) events(w http.ResponseWriter, r *http.Request) {
	source := r.URL.Query().Get("source")
	if source == "" {
		source = "mailbind"
	}
	answer(w, s.bus.Events(source))
}

// setSES changes what the body names and answers how all is then.
func (s *stack) setSES(w http.ResponseWriter, r *http.Request) {
	var wanted ses.Change
	err := read(w, r, &wanted)
	if err == nil {
		err = s.ses.Change(wanted)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	answer(w, s.ses.State())
}

// changeSecret moves version stages, so that scripts can rotate a key in mid-flow: create makes a version with the stage
// (AWSPENDING), finish makes the pending one current, attach gives the stage to the version that has the stage from, remove takes
// it away. id is a logical id of the template, a name or an ARN.
func (s *stack) changeSecret(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		ID     string `json:"id"`
		Stage  string `json:"stage"`
		Action string `json:"action"`
		From   string `json:"from"`
	}
	if err := read(w, r, &wanted); err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	for _, secret := range s.product.Secrets {
		if secret.ID == wanted.ID {
			wanted.ID = secret.ARN
		}
	}
	var err error
	switch wanted.Action {
	case "create":
		err = s.secrets.Create(wanted.ID, wanted.Stage)
	case "finish":
		err = s.secrets.Finish(wanted.ID)
	case "attach":
		err = s.secrets.Attach(wanted.ID, wanted.Stage, wanted.From)
	case "remove":
		err = s.secrets.Remove(wanted.ID, wanted.Stage)
	default:
		err = fmt.Errorf(`action is %q; want "create", "finish", "attach" or "remove"`, wanted.Action)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	answer(w, map[string]string{"done": wanted.Action})
}

func (s *stack) functions(w http.ResponseWriter, _ *http.Request) {
	all := []any{}
	for _, function := range s.product.Functions {
		all = append(all, s.pools[function.ID].Stats())
	}
	answer(w, all)
}

func (s *stack) info(w http.ResponseWriter, _ *http.Request) {
	routes, functions := []string{}, []string{}
	for _, route := range s.product.Routes {
		routes = append(routes, route.Key())
	}
	for _, function := range s.product.Functions {
		functions = append(functions, function.Name)
	}
	answer(w, map[string]any{
		"platform": s.product.Parameters["Platform"], "base_url": s.base, "routes": routes, "functions": functions, "scope": s.issuer.Scope,
		"password_mode": s.passwordMode(), "ses": s.ses.State(), "not_enforced": s.product.NotEnforced,
	})
}

// read takes a JSON object of known members, whatever the request says its type is: curl -d says it is a form.
func read(w http.ResponseWriter, r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the body is not the JSON object expected: %w", err)
	}
	if decoder.More() {
		return errors.New("the body is more than one JSON object")
	}
	return nil
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // mails are read by people too
	encoder.Encode(value)
}

func complain(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"message": err.Error()})
}
