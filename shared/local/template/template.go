// Package template reads a SAM template into what runs: functions with their settings and roles, routes, tables, stream mappings,
// secrets, configuration sets and rules.
//
// It is strict on purpose. What it does not understand is an error that names the resource and the property, unless it is known
// to have no effect on one machine (alarms, backups, tags): a mistake in the template has to show here, not on AWS.
// Sources: the AWS SAM specification and the CloudFormation template reference.
package template

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Product is a template with every parameter, condition and name resolved.
type Product struct {
	Name           string
	Functions      []Function
	Routes         []Route
	Authorizers    map[string]Authorizer
	Tables         []Table
	Streams        []Stream
	Secrets        []Secret
	Sets           []ConfigurationSet
	Rules          []Rule
	Parameters     map[string]string
	NotEnforced    []string // sentences about what the template asks for and one machine does not do
	sourceFolder   string
	functionsByARN map[string]string
	roles          map[string]Role // by ARN
}

// Function is one Lambda function.
type Function struct {
	ID          string // logical id
	Name        string // last segment of CodeUri: the name used on this machine
	FullName    string // FunctionName
	ARN         string
	Source      string // folder of its package, absolute
	Handler     string
	Role        Role
	Environment map[string]string
	Timeout     time.Duration
	Memory      int // MB
	Concurrency int // reserved; -1: no limit of its own
	Retries     int // of an asynchronous invocation that failed
	LogFormat   string
	LogLevel    string
}

// Route is one route of the HTTP API. Authorizer is "" for a public one.
type Route struct {
	Method, Path string // Method may be ANY; Path may be $default
	Function     string // Function.ID
	Authorizer   string
	Scopes       []string
}

// Key is the route key as API Gateway writes it.
func (r Route) Key() string {
	if r.Path == "$default" {
		return r.Path
	}
	return r.Method + " " + r.Path
}

// Authorizer is a JWT authorizer with the token in the Authorization header.
type Authorizer struct {
	Issuer   string
	Audience []string
}

// Table is one DynamoDB table.
type Table struct {
	ID, Name, StreamARN string
	Keys                []Key
	TTL                 string // attribute, "" for none
	View                string // StreamViewType, "" for no stream
}

// Key is one part of a table's primary key.
type Key struct{ Name, Type, Role string } // Type S, N or B; Role HASH or RANGE

// Stream is a mapping from a table's stream to a function.
type Stream struct {
	Name             string // Function.ID and event name
	Function         string // Function.ID
	Table            string // Table.ID
	StartingPosition string
	BatchSize        int
	Parallel         int
	Window           time.Duration
	MaxRetries       int           // -1: no bound
	MaxAge           time.Duration // -1: no bound
	Bisect           bool
	ItemFailures     bool
	Filters          []string // patterns; none: every record
}

// Secret is one secret, to be generated.
type Secret struct {
	ID, Name, ARN string
	Length        int
	Exclude       string // symbols it must not contain
}

// ConfigurationSet is one configuration set of SES.
type ConfigurationSet struct {
	ID, Name   string
	Suppressed []string // SuppressedReasons; nil when the set does not say
	Events     []string // event types that go to EventBridge
}

// Rule is one EventBridge rule on the default bus.
type Rule struct {
	Name    string
	Pattern map[string]any
	Targets []Target
}

// Target is one function a rule delivers to.
type Target struct {
	Function   string            // Function.ID
	Paths      map[string]string // of the input transformer; nil: the whole event
	Template   string
	MaxRetries int
	MaxAge     time.Duration
}

// Find looks for template.yaml in folder and above it, as far as the one that holds go.mod.
func Find(folder string) (string, error) {
	for at := folder; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "template.yaml")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil || at == filepath.Dir(at) {
			return "", fmt.Errorf("there is no template.yaml in %s or above it", folder)
		}
	}
}

// Read reads the template at path. values replace the defaults of parameters; they are exempt from AllowedPattern, which is what
// keeps the values of a developer's machine out of AWS. All faults are reported together.
func Read(path, stackName string, values map[string]string) (*Product, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	root, err := decode(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var faults []error
	product := &Product{
		Name: stackName, Authorizers: map[string]Authorizer{}, sourceFolder: folder, functionsByARN: map[string]string{}, roles: map[string]Role{},
	}
	product.read(root, values, &faults)
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s:\n%w", path, errors.Join(faults...))
	}
	return product, nil
}

func (p *Product) read(root map[string]any, values map[string]string, faults *[]error) {
	resolver := &resolver{
		pseudo: map[string]string{
			"AWS::StackName": p.Name, "AWS::Region": Region, "AWS::AccountId": Account, "AWS::Partition": "aws",
			"AWS::URLSuffix": "amazonaws.com", "AWS::StackId": arn("cloudformation", "stack/"+p.Name+"/local"),
		},
		resources: map[string]*resource{},
	}
	top := (&section{resolver: resolver, faults: faults}).open("template", root)
	top.aside("AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Resources", "Conditions", "Mappings", "Globals", "Parameters", "Rules")
	if top.text("Transform") != "AWS::Serverless-2016-10-31" {
		top.fail("Transform: want AWS::Serverless-2016-10-31")
	}
	top.end()
	resolver.conditions, _ = root["Conditions"].(map[string]any)
	resolver.mappings, _ = root["Mappings"].(map[string]any)
	p.readParameters(top.sub("Parameters"), values)
	readAssertions(top.sub("Rules"))
	globals := top.sub("Globals")
	function, _ := globals.values["Function"].(map[string]any)
	globals.aside("Function")
	globals.end()
	p.readResources(top.sub("Resources"), function)
}

func (p *Product) readParameters(parameters *section, values map[string]string) {
	p.Parameters = map[string]string{}
	resolved := map[string]any{}
	for _, name := range parameters.keys() {
		parameter := parameters.sub(name)
		kind := parameter.required("Type")
		value, given := values[name]
		if !given {
			if !parameter.has("Default") {
				parameter.fail("it has no default, and the local stack has no value for it")
				continue
			}
			value = parameter.text("Default")
		}
		p.Parameters[name] = value
		switch kind {
		case "String", "Number":
			resolved[name] = value
		case "CommaDelimitedList", "List<Number>":
			resolved[name] = splitList(value)
		default:
			parameter.fail("the type %s is not understood", kind)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !parameters.has(name) {
			parameters.fail("the local stack has a value for %s, which is no parameter", name)
		}
	}
	parameters.resolver.parameters = resolved
}
