package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// resource is one entry of Resources, as written.
type resource struct {
	id, kind   string
	properties map[string]any
	section    *section
}

// noEffect are resource types that change nothing on one machine: who may invoke functions, logs, alarms, names on the internet, and how
// versions of a function are invoked that go by a name (there is one, and its function says how). What reaches a queue is written to
// standard error.
var noEffect = map[string]bool{
	"AWS::Lambda::Permission": true, "AWS::Lambda::EventInvokeConfig": true,
	"AWS::Logs::LogGroup": true, "AWS::Logs::MetricFilter": true, "AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::CompositeAlarm": true,
	"AWS::CloudWatch::Dashboard": true, "AWS::SQS::Queue": true, "AWS::SQS::QueuePolicy": true, "AWS::SES::EmailIdentity": true,
	"AWS::ApiGatewayV2::DomainName": true, "AWS::ApiGatewayV2::ApiMapping": true, "AWS::KMS::Key": true, "AWS::KMS::Alias": true,
}

func (p *Product) readResources(resources *section, globalFunction map[string]any) {
	present := p.collect(resources)
	// Functions last but one: events refer to tables and to the API; rules refer to functions.
	for _, pass := range []map[string]func(*section, string){
		{
			"AWS::Serverless::HttpApi":    p.readAPI,
			"AWS::DynamoDB::Table":        p.readTable,
			"AWS::SecretsManager::Secret": p.readSecret,
			"AWS::SES::ConfigurationSet":  p.readSet,
			"AWS::IAM::Role":              p.readRole,
		},
		{"AWS::SES::ConfigurationSetEventDestination": p.readEventDestination},
		{"AWS::Serverless::Function": func(s *section, id string) { p.readFunction(s, id, globalFunction) }},
		{"AWS::Events::Rule": p.readRule},
	} {
		for _, target := range present {
			if read, ok := pass[target.kind]; ok {
				properties := target.section.open(target.id, target.properties)
				read(properties, target.id)
				properties.end()
			}
		}
	}
	p.check(resources)
}

// collect gives the resources whose condition holds, in the order of their ids.
func (p *Product) collect(resources *section) []*resource {
	understood := map[string]bool{
		"AWS::Serverless::HttpApi": true, "AWS::DynamoDB::Table": true, "AWS::SecretsManager::Secret": true, "AWS::SES::ConfigurationSet": true,
		"AWS::SES::ConfigurationSetEventDestination": true, "AWS::Serverless::Function": true, "AWS::Events::Rule": true,
		"AWS::IAM::Role": true,
	}
	var present []*resource
	for _, id := range resources.keys() {
		entry := resources.sub(id)
		entry.path = id
		target := &resource{id: id, kind: entry.required("Type"), section: entry}
		target.properties, _ = entry.values["Properties"].(map[string]any)
		resources.resolver.resources[id] = target
		entry.aside("Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Condition", "Metadata")
		entry.end()
		if !understood[target.kind] && !noEffect[target.kind] {
			entry.fail("the resource type %s is not understood by the local stack", target.kind)
		}
		present = append(present, target)
	}
	kept := present[:0]
	for _, target := range present {
		name, conditional := target.section.values["Condition"].(string)
		if conditional {
			holds, err := resources.resolver.condition(name)
			if err != nil {
				target.section.fail("%v", err)
			}
			if !holds {
				continue
			}
		}
		kept = append(kept, target)
	}
	return kept
}

func (p *Product) readTable(s *section, id string) {
	s.aside("BillingMode", "OnDemandThroughput", "ProvisionedThroughput", "PointInTimeRecoverySpecification", "DeletionProtectionEnabled",
		"SSESpecification", "Tags", "TableClass", "ContributorInsightsSpecification", "TableName")
	name, err := s.resolver.name(s.resolver.resources[id])
	if err != nil {
		s.fail("%v", err)
	}
	table := Table{ID: id, Name: name}
	types := map[string]string{}
	for _, definition := range s.items("AttributeDefinitions") {
		types[definition.required("AttributeName")] = definition.required("AttributeType")
		definition.end()
	}
	for _, part := range s.items("KeySchema") {
		key := Key{Name: part.required("AttributeName"), Role: part.required("KeyType")}
		key.Type = types[key.Name]
		if key.Type == "" {
			part.fail("%s is not in AttributeDefinitions", key.Name)
		}
		part.end()
		table.Keys = append(table.Keys, key)
	}
	if len(table.Keys) == 0 {
		s.fail("KeySchema is missing")
	}
	ttl := s.sub("TimeToLiveSpecification")
	attribute := ttl.text("AttributeName")
	if ttl.truth("Enabled") {
		table.TTL = attribute
	}
	ttl.end()
	stream := s.sub("StreamSpecification")
	table.View = stream.text("StreamViewType")
	stream.end()
	if table.View != "" {
		table.StreamARN = streamARN(name)
	}
	p.Tables = append(p.Tables, table)
}

const (
	upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower       = "abcdefghijklmnopqrstuvwxyz"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

func (p *Product) readSecret(s *section, id string) {
	s.aside("Description", "KmsKeyId", "Tags", "ReplicaRegions", "Name")
	name, err := s.resolver.name(s.resolver.resources[id])
	if err != nil {
		s.fail("%v", err)
	}
	secret := Secret{ID: id, Name: name, ARN: secretARN(name)}
	if !s.has("GenerateSecretString") {
		s.fail("GenerateSecretString is missing: the local stack knows no other secret")
	}
	generate := s.sub("GenerateSecretString")
	secret.Length = generate.number("PasswordLength", 32, 1, 4096)
	secret.Exclude = generate.text("ExcludeCharacters")
	for property, symbols := range map[string]string{
		"ExcludePunctuation": punctuation, "ExcludeUppercase": upper, "ExcludeLowercase": lower, "ExcludeNumbers": digits,
	} {
		if generate.truth(property) {
			secret.Exclude += symbols
		}
	}
	generate.end()
	p.Secrets = append(p.Secrets, secret)
}

func (p *Product) readSet(s *section, id string) {
	s.aside("DeliveryOptions", "ReputationOptions", "Tags", "VdmOptions", "ArchivingOptions", "Name")
	name, err := s.resolver.name(s.resolver.resources[id])
	if err != nil {
		s.fail("%v", err)
	}
	set := ConfigurationSet{ID: id, Name: name}
	sending := s.sub("SendingOptions")
	if sending.has("SendingEnabled") && !sending.truth("SendingEnabled") {
		sending.fail("SendingEnabled: a set that sends nothing is not understood by the local stack")
	}
	sending.end()
	if s.has("TrackingOptions") {
		s.fail("TrackingOptions: rewritten links are not understood by the local stack")
	}
	suppression := s.sub("SuppressionOptions")
	if suppression.has("SuppressedReasons") {
		set.Suppressed = texts(suppression.list("SuppressedReasons"))
	}
	suppression.end()
	s.aside("TrackingOptions")
	p.Sets = append(p.Sets, set)
}

func (p *Product) readEventDestination(s *section, id string) {
	name := s.required("ConfigurationSetName")
	destination := s.sub("EventDestination")
	destination.aside("Name")
	enabled := destination.truth("Enabled")
	types := readEventTypes(destination)
	if !destination.has("EventBridgeDestination") {
		destination.fail("only an EventBridgeDestination is understood by the local stack")
	}
	bus := destination.sub("EventBridgeDestination")
	if arn := bus.required("EventBusArn"); !strings.HasSuffix(arn, ":event-bus/default") {
		bus.fail("EventBusArn: SES publishes to the default bus alone, not to %s", arn)
	}
	bus.end()
	destination.end()
	for i := range p.Sets {
		if p.Sets[i].Name == name {
			if enabled {
				p.Sets[i].Events = append(p.Sets[i].Events, types...)
			}
			return
		}
	}
	s.fail("ConfigurationSetName: there is no configuration set %s", name)
}

// eventTypes are SES's, by their names in CloudFormation:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ses-configurationseteventdestination-eventdestination.html.
var eventTypes = map[string]string{
	"send": "SEND", "reject": "REJECT", "bounce": "BOUNCE", "complaint": "COMPLAINT", "delivery": "DELIVERY", "open": "OPEN", "click": "CLICK",
	"renderingFailure": "RENDERING_FAILURE", "deliveryDelay": "DELIVERY_DELAY", "subscription": "SUBSCRIPTION",
}

// readEventTypes gives the types by their names in SES's API, which CloudFormation takes too.
func readEventTypes(destination *section) []string {
	types := texts(destination.list("MatchingEventTypes"))
	for i, name := range types {
		if upper, ok := eventTypes[name]; ok {
			types[i] = upper
		} else if !slices.Contains(slices.Collect(maps.Values(eventTypes)), name) {
			destination.fail("MatchingEventTypes: %q is no type of SES's events", name)
		}
	}
	if len(types) == 0 {
		destination.fail("MatchingEventTypes is missing")
	}
	return types
}

// check looks at what only the whole tells.
func (p *Product) check(s *section) {
	seen := map[string]string{}
	for _, route := range p.Routes {
		if other, twice := seen[route.Key()]; twice {
			s.fail("the route %s is there twice: at %s and at %s", route.Key(), other, route.Function)
		}
		seen[route.Key()] = route.Function
	}
	names := map[string]string{}
	for _, function := range p.Functions {
		if other, twice := names[function.Name]; twice {
			s.fail("%s and %s have the same CodeUri", other, function.ID)
		}
		names[function.Name] = function.ID
	}
}

func splitList(value string) []any {
	if value == "" {
		return []any{}
	}
	var list []any
	for part := range strings.SplitSeq(value, ",") {
		list = append(list, strings.TrimSpace(part))
	}
	return list
}

func (p *Product) note(format string, arguments ...any) {
	p.NotEnforced = append(p.NotEnforced, fmt.Sprintf(format, arguments...))
}
