package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Config is what a platform has before mailbind.
type Config struct {
	Name     string // as people know it
	Mailbind Mailbind
	// Pages is where mailbind's pages are, its BaseUrl: people ask for a way back in there.
	Pages string
	// Origins are those of mailbind's pages, from which a grant may be posted: that of BaseUrl.
	Origins []string
	// SignedIn tells whose access token that is; false: nobody's.
	SignedIn func(token string) (account string, ok bool)
	// KeepsPasswords is host mode: passwords are kept here and not at mailbind's.
	KeepsPasswords bool
}

// Platform is the platform. Its methods may be called by several goroutines.
type Platform struct {
	config    Config
	passwords passwords
	own       *own   // the same in host mode, else nil
	changedBy string // what ends sessions when the password is another
	memory    *memory
	now       func() time.Time
}

// New makes a platform without sessions.
func New(config Config) *Platform {
	p := &Platform{config: config, passwords: config.Mailbind, changedBy: credentialChanged, memory: newMemory(), now: time.Now}
	if config.KeepsPasswords {
		p.own = &own{now: time.Now, rounds: ownRounds, kept: map[string]hashed{}}
		p.passwords, p.changedBy = p.own, ownPassword
	}
	return p
}

// Handler serves the platform's endpoints.
func (p *Platform) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in", p.postSignIn)
	mux.HandleFunc("GET /session", p.getSession)
	mux.HandleFunc("POST /password", p.postPassword)
	mux.HandleFunc("POST /hold", p.postHold)
	mux.HandleFunc("POST /release", p.postRelease)
	if p.config.KeepsPasswords {
		p.pages(mux)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusNotFound, trouble{Message: fmt.Sprintf("the platform has no %s %s", r.Method, r.URL.Path)})
	})
	guard, err := p.guard()
	if err != nil {
		return nil, err
	}
	return guard(mux), nil
}

// guard refuses posts of other sites' pages. Mailbind's pages are another site that may post, to /return alone: anybody else who could
// post a grant there would have the person choose a password for a stranger's account.
func (p *Platform) guard() (func(http.Handler) http.Handler, error) {
	alone, withMailbind := http.NewCrossOriginProtection(), http.NewCrossOriginProtection()
	for _, origin := range p.config.Origins {
		if err := withMailbind.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("platform: the origin of mailbind's pages: %w", err)
		}
	}
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rule := alone
			if r.URL.Path == "/return" {
				rule = withMailbind
			}
			if err := rule.Check(r); err != nil {
				complain(w, http.StatusForbidden, trouble{Message: "the request comes from another site"})
				return
			}
			inner.ServeHTTP(w, r)
		})
	}, nil
}

func (p *Platform) postSignIn(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Account  string `json:"account"`
		Password string `json:"password"`
		Client   string `json:"client"`
	}
	if !read(w, r, &in) {
		return
	}
	now := p.now()
	if version, ok := p.confirm(w, r, in.Account, in.Password, in.Client); ok {
		answer(w, map[string]string{"session": p.memory.begin(in.Account, version, now)})
	}
}

// confirm gives the version of the password that was typed; false: it is not right, and the person was told.
func (p *Platform) confirm(w http.ResponseWriter, r *http.Request, account, typed, client string) (int64, bool) {
	found, err := p.compare(r.Context(), account, typed, client)
	switch {
	case err != nil:
		refuse(w, err)
	case found.ok:
		return found.version, true
	case found.wait > 0:
		complain(w, http.StatusUnauthorized, trouble{Message: "too many wrong passwords; this one was not looked at", RetryAfter: seconds(found.wait)})
	default:
		complain(w, http.StatusUnauthorized, trouble{Message: "the account or the password is wrong"})
	}
	return 0, false
}

func (p *Platform) getSession(w http.ResponseWriter, r *http.Request) {
	state, ok := p.memory.look(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if !ok {
		complain(w, http.StatusUnauthorized, trouble{Message: "there is no such session"})
		return
	}
	answer(w, state)
}

// postPassword compares the present password where it is given, so that the demo page need not ask for it. A real platform does not do
// without: see setPassword.
func (p *Platform) postPassword(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Session  string  `json:"session"`
		Token    string  `json:"token"`
		Password string  `json:"password"`
		Present  *string `json:"present"`
		Client   string  `json:"client"`
	}
	if !read(w, r, &in) {
		return
	}
	state, ok := p.memory.look(in.Session)
	ok = ok && state.alive()
	if in.Session == "" && in.Token != "" {
		state.Account, ok = p.config.SignedIn(in.Token) // of version 0: it may give a first password and replace none
	}
	if !ok {
		complain(w, http.StatusUnauthorized, trouble{Message: "the session is over; sign in again"})
		return
	}
	if in.Present != nil {
		if _, ok := p.confirm(w, r, state.Account, *in.Present, in.Client); !ok {
			return
		}
	}
	secret, version, err := p.setPassword(r.Context(), state, in.Session, in.Password, p.now())
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, map[string]any{"session": secret, "version": version})
}

// trouble is the body of a refusal.
type trouble struct {
	Message    string   `json:"message"`
	Refused    string   `json:"refused,omitempty"` // mailbind's word
	Reasons    []string `json:"reasons,omitempty"`
	RetryAfter int64    `json:"retry_after,omitempty"` // seconds
}

// statusOf are the refusals of credential that a person can meet here (that of a grant is a page). Malformed is a defect of this program.
var statusOf = map[string]int{
	"password-refused": http.StatusUnprocessableEntity, "not-bound": http.StatusConflict, "version-changed": http.StatusConflict,
	"unavailable": http.StatusServiceUnavailable, "malformed": http.StatusBadRequest,
}

var sentences = map[string]string{
	"password-refused": "this password cannot be used", "not-bound": "the account has no address",
	"version-changed": "the account has another password by now; sign in with it", "malformed": "mailbind does not understand the platform",
}

// refuse tells a refusal of mailbind's or an outage. What the outage was is for logs, not for people.
func refuse(w http.ResponseWriter, err error) {
	refused, is := errors.AsType[*Refused](err)
	if !is {
		refused = &Refused{Name: "unavailable", RetryAfter: 1}
	}
	told := trouble{Message: sentences[refused.Name], Refused: refused.Name, Reasons: refused.Reasons, RetryAfter: refused.RetryAfter}
	status, known := statusOf[refused.Name]
	if !known {
		status = http.StatusBadGateway
	}
	if told.Message == "" {
		told.Message = "the service is busy; try again"
	}
	complain(w, status, told)
}

// seconds, rounded up: who waits that long is not early.
func seconds(wait time.Duration) int64 { return int64((wait + time.Second - 1) / time.Second) }

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		complain(w, http.StatusBadRequest, trouble{Message: "the body is not the JSON object expected"})
	}
	return err == nil
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(value) // the connection's own errors show on the other side
}

func complain(w http.ResponseWriter, status int, told trouble) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if told.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(told.RetryAfter, 10))
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(told)
}
