// Package secrets plays AWS Secrets Manager on one machine: GetSecretValue for secrets that are made at random for each run, with
// version stages that scripts may move.
package secrets

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The version stages that Secrets Manager moves itself.
const (
	Current  = "AWSCURRENT"
	Previous = "AWSPREVIOUS"
	Pending  = "AWSPENDING"
)

// Spec says how a secret is made.
type Spec struct {
	Name, ARN string
	Length    int
	Exclude   string // symbols it must not contain
}

// Service is the endpoint. Its methods may be called by several goroutines.
type Service struct {
	mu      sync.Mutex
	secrets []*secret
}

type secret struct {
	Spec
	versions []version
}

type version struct {
	id, value string
	stages    []string
	created   time.Time
}

// Keep stores a fresh value under the secret's name, unless one is stored already, and gives the stored one.
type Keep func(name, fresh string) (string, error)

// New makes every secret with one version, AWSCURRENT. With keep the value outlives the run; nil: it does not.
func New(specs []Spec, keep Keep) (*Service, error) {
	s := &Service{}
	for _, spec := range specs {
		made, err := newVersion(spec, Current)
		if err != nil {
			return nil, err
		}
		if keep != nil {
			if made.value, err = keep(spec.Name, made.value); err != nil {
				return nil, fmt.Errorf("keep the value of %s: %w", spec.Name, err)
			}
		}
		s.secrets = append(s.secrets, &secret{Spec: spec, versions: []version{made}})
	}
	return s, nil
}

const symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

func newVersion(spec Spec, stage string) (version, error) {
	allowed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(spec.Exclude, r) {
			return -1
		}
		return r
	}, symbols)
	if allowed == "" {
		return version{}, fmt.Errorf("%s: every symbol is excluded", spec.Name)
	}
	var value strings.Builder
	for range spec.Length {
		index, err := rand.Int(rand.Reader, big.NewInt(int64(len(allowed))))
		if err != nil {
			return version{}, err
		}
		value.WriteByte(allowed[index.Int64()])
	}
	id := strings.ToLower(rand.Text() + rand.Text())
	id = id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:32]
	return version{id: id, value: value.String(), stages: []string{stage}, created: time.Now()}, nil
}

// find takes an ARN or a name.
func (s *Service) find(id string) *secret {
	for _, one := range s.secrets {
		if one.ARN == id || one.Name == id {
			return one
		}
	}
	return nil
}

// Create makes a new version with the stage, taking the stage from the version that has it. AWSCURRENT cannot be made like this:
// it is moved by Finish.
func (s *Service) Create(id, stage string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(id)
	if one == nil {
		return fmt.Errorf("there is no secret %q", id)
	}
	if stage == "" || stage == Current || stage == Previous {
		return fmt.Errorf("stage is %q; want AWSPENDING or a name of your own", stage)
	}
	made, err := newVersion(one.Spec, stage)
	if err != nil {
		return err
	}
	one.take(stage)
	one.versions = append(one.versions, made)
	return nil
}

// Attach gives a further stage to the version that has the stage from.
func (s *Service) Attach(id, stage, from string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(id)
	if one == nil {
		return fmt.Errorf("there is no secret %q", id)
	}
	at := one.with(from)
	if at == nil {
		return fmt.Errorf("no version has the stage %q", from)
	}
	if stage == "" || slices.Contains([]string{Current, Previous, Pending}, stage) {
		return fmt.Errorf("stage is %q; want a name of your own", stage)
	}
	one.take(stage)
	at = one.with(from)
	at.stages = append(at.stages, stage)
	return nil
}

// Finish ends a rotation: AWSPENDING becomes AWSCURRENT, which becomes AWSPREVIOUS.
func (s *Service) Finish(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(id)
	if one == nil {
		return fmt.Errorf("there is no secret %q", id)
	}
	if one.with(Pending) == nil {
		return fmt.Errorf("no version of %q is pending", id)
	}
	one.take(Previous)
	one.rename(Current, Previous)
	one.rename(Pending, Current)
	return nil
}

// Remove takes the stage away; a version without any is out of reach, as on AWS.
func (s *Service) Remove(id, stage string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(id)
	if one == nil {
		return fmt.Errorf("there is no secret %q", id)
	}
	if stage == Current || one.with(stage) == nil {
		return fmt.Errorf("the stage %q cannot be removed", stage)
	}
	one.take(stage)
	return nil
}

func (s *secret) with(stage string) *version {
	for i := range s.versions {
		if slices.Contains(s.versions[i].stages, stage) {
			return &s.versions[i]
		}
	}
	return nil
}

func (s *secret) take(stage string) {
	if at := s.with(stage); at != nil {
		at.stages = slices.DeleteFunc(at.stages, func(one string) bool { return one == stage })
	}
	s.versions = slices.DeleteFunc(s.versions, func(v version) bool { return len(v.stages) == 0 })
}

func (s *secret) rename(from, to string) {
	if at := s.with(from); at != nil {
		at.stages[slices.Index(at.stages, from)] = to
	}
}

// ServeHTTP answers GetSecretValue in AWS's JSON protocol 1.1.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if target := r.Header.Get("X-Amz-Target"); target != "secretsmanager.GetSecretValue" {
		refuse(w, "InvalidRequestException", "the local stack knows no operation "+target)
		return
	}
	var input struct{ SecretId, VersionStage, VersionId string }
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	if err := decoder.Decode(&input); err != nil {
		refuse(w, "InvalidParameterException", err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(input.SecretId)
	if one == nil {
		refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	if input.VersionStage == "" && input.VersionId == "" {
		input.VersionStage = Current
	}
	for _, version := range one.versions {
		if input.VersionId != "" && input.VersionId != version.id || input.VersionStage != "" && !slices.Contains(version.stages, input.VersionStage) {
			continue
		}
		answer(w, http.StatusOK, map[string]any{
			"ARN": one.ARN, "Name": one.Name, "VersionId": version.id, "SecretString": version.value, "VersionStages": version.stages,
			"CreatedDate": float64(version.created.UnixMilli()) / 1000,
		})
		return
	}
	refuse(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: "+input.VersionStage)
}

func refuse(w http.ResponseWriter, kind, message string) {
	answer(w, http.StatusBadRequest, map[string]string{"__type": kind, "Message": message})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}
