package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mailbind/shared/local/bus"
	"mailbind/shared/local/dynamo"
	"mailbind/shared/local/gateway"
	"mailbind/shared/local/iam"
	"mailbind/shared/local/lambda"
	"mailbind/shared/local/pattern"
	"mailbind/shared/local/ses"
	"mailbind/shared/local/template"
)

// routes are the template's, as the gateway has them.
func (s *stack) routes() ([]gateway.Route, error) {
	authorizers := map[string]*gateway.Authorizer{}
	for name, authorizer := range s.product.Authorizers {
		if authorizer.Issuer != s.issuer.URL {
			return nil, fmt.Errorf("the authorizer %s trusts %s; on this machine there is the issuer %s alone", name, authorizer.Issuer, s.issuer.URL)
		}
		authorizers[name] = &gateway.Authorizer{Issuer: authorizer.Issuer, Audience: authorizer.Audience, Keys: s.issuer.Keys()}
	}
	var routes []gateway.Route
	for _, route := range s.product.Routes {
		routes = append(routes, gateway.Route{
			Method: route.Method, Path: route.Path, Authorizer: authorizers[route.Authorizer], Scopes: route.Scopes, Function: integration(s.pools[route.Function]),
		})
	}
	return routes, nil
}

// integration gives up waiting when ctx ends; the function goes on, as on AWS.
func integration(pool *lambda.Pool) gateway.Function {
	type outcome struct {
		result lambda.Result
		err    error
	}
	return func(ctx context.Context, event []byte) ([]byte, string, error) {
		ended := make(chan outcome, 1)
		go func() {
			result, err := pool.Invoke(ctx, event)
			ended <- outcome{result, err}
		}()
		select {
		case one := <-ended:
			return one.result.Payload, one.result.FunctionError, one.err
		case <-ctx.Done():
			return nil, "", ctx.Err()
		}
	}
}

// guard knows the functions by their access keys, and what the template's roles allow them.
func (s *stack) guard() (*iam.Guard, error) {
	world := iam.World{
		Region: template.Region, Account: template.Account, PartitionKeys: map[string]string{}, Secrets: map[string]string{}, Identities: s.identities(),
	}
	for _, table := range s.product.Tables {
		for _, key := range table.Keys {
			if key.Role == "HASH" {
				world.PartitionKeys[table.Name] = key.Name
			}
		}
	}
	for _, secret := range s.product.Secrets {
		world.Secrets[secret.Name] = secret.ARN
	}
	var callers []iam.Caller
	for _, function := range s.product.Functions {
		callers = append(callers, iam.Caller{Name: function.Name, FullName: function.FullName, Role: function.Role.ARN, Policy: function.Role.Policy})
	}
	return iam.New(world, callers, s.words)
}

// identities are what SES knows as verified: the one address. That a role allows its domain is not enough then.
func (s *stack) identities() []string { return []string{s.product.Parameters["FromAddress"]} }

// relay puts the guard in front of the database and gives the endpoint for functions. The stack's own clients go past it.
func (s *stack) relay(guard *iam.Guard, database string) (string, error) {
	relay, err := guard.NewRelay(strings.TrimPrefix(database, "http://"), dynamo.AccessKeyID)
	if err != nil {
		return "", err
	}
	s.onClose(relay.Close)
	return relay.URL(), nil
}

// rules are the template's. The functions are looked up when an event comes: the bus is there before them.
func (s *stack) rules() ([]bus.Rule, error) {
	retries := map[string]int{}
	for _, function := range s.product.Functions {
		retries[function.ID] = function.Retries
	}
	var rules []bus.Rule
	for _, rule := range s.product.Rules {
		compiled, err := pattern.Compile(rule.Pattern)
		if err != nil {
			return nil, fmt.Errorf("the pattern of rule %s: %w", rule.Name, err)
		}
		made := bus.Rule{Name: rule.Name, Pattern: compiled}
		for _, target := range rule.Targets {
			var transformer *bus.Transformer
			if target.Paths != nil {
				if transformer, err = bus.NewTransformer(target.Paths, target.Template); err != nil {
					return nil, fmt.Errorf("the input transformer of rule %s: %w", rule.Name, err)
				}
			}
			made.Targets = append(made.Targets, bus.Target{
				Name: target.Function, Transformer: transformer, Tries: 1 + retries[target.Function],
				Function: func(ctx context.Context, event []byte) error { return invoke(ctx, s.pools[target.Function], event) },
			})
		}
		rules = append(rules, made)
	}
	platforms, err := s.platformRule()
	return append(rules, platforms), err
}

// sets are the template's configuration sets, as the mail service has them.
func (s *stack) sets() []ses.Set {
	var sets []ses.Set
	for _, set := range s.product.Sets {
		sets = append(sets, ses.Set{Name: set.Name, Events: set.Events, Suppressed: set.Suppressed})
	}
	return sets
}

func invoke(ctx context.Context, pool *lambda.Pool, event []byte) error {
	result, err := pool.Invoke(ctx, event)
	if err == nil && result.FunctionError != "" {
		err = fmt.Errorf("%s", result.Payload)
	}
	return err
}

// mappings are the template's; streams holds the ARN of each table's stream, by table name.
func (s *stack) mappings(streams map[string]string) ([]dynamo.Mapping, error) {
	tables := map[string]template.Table{}
	for _, table := range s.product.Tables {
		tables[table.ID] = table
	}
	var mappings []dynamo.Mapping
	for _, stream := range s.product.Streams {
		table, pool := tables[stream.Table], s.pools[stream.Function]
		mapping := dynamo.Mapping{
			Name: stream.Name, StreamARN: streams[table.Name], SourceARN: table.StreamARN, Region: template.Region,
			FromStart: stream.StartingPosition == "TRIM_HORIZON", BatchSize: stream.BatchSize, Parallel: stream.Parallel, Window: stream.Window,
			MaxRetries: stream.MaxRetries, MaxAge: stream.MaxAge, Bisect: stream.Bisect, ItemFailures: stream.ItemFailures,
			Invoke: func(ctx context.Context, event []byte) ([]byte, string, error) {
				result, err := pool.Invoke(ctx, event)
				return result.Payload, result.FunctionError, err
			},
		}
		for _, text := range stream.Filters {
			filter, err := pattern.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("a filter of %s: %w", stream.Name, err)
			}
			mapping.Filters = append(mapping.Filters, filter)
		}
		mappings = append(mappings, mapping)
	}
	return mappings, nil
}

// publishSES puts an event of the mail service on the bus.
func (s *stack) publishSES(detailType string, detail map[string]any, at time.Time) {
	encoded, err := json.Marshal(detail)
	if err != nil {
		panic("local: an event that is not JSON: " + err.Error())
	}
	s.bus.Put("aws.ses", detailType, encoded, nil, at)
}

// services are the AWS services that functions call: told apart by path (REST) or target (AWS's JSON protocols).
func (s *stack) services() http.Handler {
	mail := http.Handler(s.ses)
	if s.measured != nil {
		mail = counting(s.measured.tally, mail)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := r.Header.Get("X-Amz-Target")
		switch {
		case strings.HasPrefix(target, "secretsmanager."):
			s.secrets.ServeHTTP(w, r)
		case strings.HasPrefix(target, "AWSEvents."):
			s.bus.ServeHTTP(w, r)
		default:
			mail.ServeHTTP(w, r)
		}
	})
}
