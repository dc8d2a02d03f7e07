package template

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// read writes a template that consists of a head and the given resources, and reads it.
func read(t *testing.T, text string, values map[string]string) (*Product, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, []byte("Transform: AWS::Serverless-2016-10-31\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path, "shop", values)
}

const whole = `
Parameters:
  Stage: {Type: String, Default: prod}
  Scope: {Type: String}
  Origins: {Type: CommaDelimitedList, Default: "a, b"}
Mappings:
  Sizes: {small: {mb: 256}}
Rules:
  WithScope:
    RuleCondition: !Equals [!Ref Stage, local]
    Assertions: [{Assert: !Not [!Equals [!Ref Scope, ""]], AssertDescription: "on a machine there is a scope"}]
  Always: {Assertions: [{Assert: !Not [!Equals [!Ref Stage, moon]], AssertDescription: "not there"}]}
Conditions:
  IsLocal: !Equals [!Ref Stage, local]
  IsProd: !Not [!Condition IsLocal]
  Both: !And [!Condition IsLocal, !Condition IsProd]
  Either: !Or [!Condition IsLocal, !Condition IsProd]
Globals:
  Function:
    Runtime: provided.al2023
    Handler: bootstrap
    Timeout: 10
    MemorySize: !FindInMap [Sizes, small, mb]
    LoggingConfig: {LogFormat: JSON}
    Environment: {Variables: {STAGE: !Ref Stage, BOTH: !If [Both, "yes", "no"], EITHER: !If [Either, "yes", "no"]}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: {ThrottlingRateLimit: 5}
      Auth:
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: "https://id.example", audience: [api]}
  Things:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-things"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Others:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}}
  Set: {Type: AWS::SES::ConfigurationSet, Properties: {SuppressionOptions: {SuppressedReasons: []}}}
  ToBus:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Set
      EventDestination:
        Enabled: true
        MatchingEventTypes: [send, BOUNCE, deliveryDelay, renderingFailure]
        EventBridgeDestination: {EventBusArn: !Sub "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
  Absent: {Type: AWS::SES::ConfigurationSet, Condition: IsProd}
  Worker:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties:
      FunctionName: !Sub "${AWS::StackName}-worker"
      CodeUri: functions/worker/
      Timeout: 60
      Environment:
        Variables:
          TABLE: !Ref Things
          KEY: !Ref Secret
          JOINED: !Join ["+", !Ref Origins]
          HOST: !Select [1, !Split ["://", "https://id.example"]]
          GONE: !If [IsProd, x, !Ref "AWS::NoValue"]
          OWN: !Sub ["${A}-${Stage}-${!raw}-${Things.Arn}", {A: one}]
      Events:
        Post:
          Type: HttpApi
          Properties:
            ApiId: !Ref Api
            Path: /v1/thing
            Method: post
            Auth: {Authorizer: Jwt, AuthorizationScopes: [!Ref Scope]}
        Public: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /verify, Method: GET}}
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Things.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            ParallelizationFactor: 4
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
        Others:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Others.StreamArn, StartingPosition: LATEST, BatchSize: 5, MaximumRetryAttempts: 3, MaximumRecordAgeInSeconds: 60}
        Bounced:
          Type: EventBridgeRule
          Properties:
            Pattern: {source: [aws.ses], detail-type: [Email Bounced]}
            InputTransformer: {InputPathsMap: {tags: $.detail.mail.tags}, InputTemplate: '{"tags":<tags>}'}
            RetryPolicy: {MaximumRetryAttempts: 3}
            Target: {Id: feedback}
  Once:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties:
      CodeUri: functions/once/
      AutoPublishAlias: live
      EventInvokeConfig: {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60}
  OnceUnqualified: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref Once, Qualifier: $LATEST, MaximumRetryAttempts: 0}}
  OncePermission:
    Type: AWS::Lambda::Permission
    Condition: IsProd
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Once.Alias, Principal: !Ref Scope}
Outputs:
  OnceArn: {Value: !Ref Once.Alias}
`

func TestReadResolvesParametersConditionsAndNames(t *testing.T) {
	product, err := read(t, whole, map[string]string{"Stage": "local", "Scope": "email"})
	if err != nil {
		t.Fatal(err)
	}
	function := product.Functions[1]
	wantEnvironment := map[string]string{
		"STAGE": "local", "BOTH": "no", "EITHER": "yes", "TABLE": "shop-things", "JOINED": "a+b", "HOST": "id.example",
		"KEY": "arn:aws:secretsmanager:local-1:000000000000:secret:shop-Secret-local0",
		"OWN": "one-local-${raw}-arn:aws:dynamodb:local-1:000000000000:table/shop-things",
	}
	if !reflect.DeepEqual(function.Environment, wantEnvironment) {
		t.Errorf("environment\n got %v\nwant %v", function.Environment, wantEnvironment)
	}
	if function.Name != "worker" || function.FullName != "shop-worker" || function.Timeout != time.Minute || function.Memory != 256 || function.LogFormat != "JSON" {
		t.Errorf("function %+v", function)
	}
	wantRoutes := []Route{
		{Method: "POST", Path: "/v1/thing", Function: "Worker", Authorizer: "Jwt", Scopes: []string{"email"}},
		{Method: "GET", Path: "/verify", Function: "Worker", Scopes: []string{}},
	}
	if !reflect.DeepEqual(product.Routes, wantRoutes) {
		t.Errorf("routes\n got %+v\nwant %+v", product.Routes, wantRoutes)
	}
	if once := product.Functions[0]; function.Retries != 2 || once.ID != "Once" || once.Retries != 0 {
		t.Errorf("retries: %d, %s %d", function.Retries, once.ID, once.Retries)
	}
	if len(product.NotEnforced) != 1 {
		t.Errorf("not enforced: %q", product.NotEnforced)
	}
}

func TestReadGivesTablesStreamsSecretsSetsAndRules(t *testing.T) {
	product, err := read(t, whole, map[string]string{"Stage": "local", "Scope": "email"})
	if err != nil {
		t.Fatal(err)
	}
	wantTable := Table{ID: "Things", Name: "shop-things", StreamARN: streamARN("shop-things"), Keys: []Key{{"pk", "S", "HASH"}}, TTL: "ttl", View: "NEW_AND_OLD_IMAGES"}
	wantOther := Table{ID: "Others", Name: "shop-Others", StreamARN: streamARN("shop-Others"), Keys: []Key{{"pk", "S", "HASH"}}, View: "NEW_IMAGE"}
	if !reflect.DeepEqual(product.Tables, []Table{wantOther, wantTable}) {
		t.Errorf("tables %+v", product.Tables)
	}
	wantStream := Stream{
		Name: "Worker.Changes", Function: "Worker", Table: "Things", StartingPosition: "TRIM_HORIZON", BatchSize: 10, Parallel: 4,
		MaxRetries: -1, MaxAge: -1, ItemFailures: true, Filters: []string{`{"eventName":["INSERT"]}`},
	}
	// A function may read two tables' streams, each in its own way.
	second := Stream{
		Name: "Worker.Others", Function: "Worker", Table: "Others", StartingPosition: "LATEST", BatchSize: 5, Parallel: 1,
		MaxRetries: 3, MaxAge: time.Minute,
	}
	if !reflect.DeepEqual(product.Streams, []Stream{wantStream, second}) {
		t.Errorf("streams\n got %+v\nwant %+v", product.Streams, wantStream)
	}
	if secret := product.Secrets[0]; secret.Length != 64 || secret.Exclude != punctuation {
		t.Errorf("secret %+v", secret)
	}
	wantSet := ConfigurationSet{ID: "Set", Name: "shop-Set", Suppressed: []string{}, Events: []string{"SEND", "BOUNCE", "DELIVERY_DELAY", "RENDERING_FAILURE"}}
	if !reflect.DeepEqual(product.Sets, []ConfigurationSet{wantSet}) {
		t.Errorf("sets %+v", product.Sets)
	}
	target := Target{Function: "Worker", Paths: map[string]string{"tags": "$.detail.mail.tags"}, Template: `{"tags":<tags>}`, MaxRetries: 3, MaxAge: 24 * time.Hour}
	if len(product.Rules) != 1 || !reflect.DeepEqual(product.Rules[0].Targets, []Target{target}) {
		t.Errorf("rules %+v", product.Rules)
	}
}

// TestReadRefusesWhatItDoesNotUnderstand changes one thing of the whole template at a time.
func TestReadRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"property of a function", "      Timeout: 60\n", "      Timeout: 60\n      Layers: [x]\n", "Worker: the property Layers"},
		{"property of a route", "Method: GET}", "Method: GET, TimeoutInMillis: 5}", "Worker.Events.Public.Properties: the property TimeoutInMillis"},
		{"method", "Method: post", "Method: pst", `Method: "PST" is no method`},
		{"resource type", "AWS::SES::ConfigurationSet, Condition", "AWS::SNS::Topic, Condition", "the resource type AWS::SNS::Topic"},
		{"event type", "Type: EventBridgeRule", "Type: Schedule", "the event type Schedule"},
		{"authorizer", "{Authorizer: Jwt,", "{Authorizer: Jwtt,", "no authorizer Jwtt"},
		{"stream", "Stream: !GetAtt Things.StreamArn", "Stream: !GetAtt Things.Arn", "not the stream of a table"},
		{"reference", "TABLE: !Ref Things", "TABLE: !Ref Thing", "TABLE: there is no parameter or resource Thing to Ref"},
		{"condition", "!If [IsProd, x,", "!If [IsPrd, x,", "no condition IsPrd"},
		{"function of CloudFormation", "STAGE: !Ref Stage", "STAGE: !ImportValue Stage", "!ImportValue is not understood"},
		{"response type", "[ReportBatchItemFailures]", "[ReportBatch]", `"ReportBatch" is not understood`},
		{"runtime", "Runtime: provided.al2023", "Runtime: go1.x", "want provided.al2023"},
		{"batch without window", "BatchSize: 10", "BatchSize: 100", "MaximumBatchingWindowInSeconds"},
		{"the same route twice", "Path: /verify, Method: GET", "Path: /v1/thing, Method: POST", "the route POST /v1/thing is there twice"},
		{"audience", "audience: [api]", "audience: []", "audience is missing"},
		{"key", "KeySchema: [{AttributeName: pk", "KeySchema: [{AttributeName: id", "id is not in AttributeDefinitions"},
		{"key twice", "BillingMode: PAY_PER_REQUEST", "TableName: x", `"TableName" is there twice`},
		{"destination of what went well", "EventInvokeConfig: {MaximumRetryAttempts: 0,", "EventInvokeConfig: {DestinationConfig: {OnSuccess: {}},",
			"Once.EventInvokeConfig.DestinationConfig: the property OnSuccess"},
		{"destination of what failed that is no queue", "EventInvokeConfig: {MaximumRetryAttempts: 0,",
			"EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SNS, Destination: x}},", "only the ARN of a queue"},
		{"type of SES's events", "MatchingEventTypes: [send, BOUNCE", "MatchingEventTypes: [sent, BOUNCE", `"sent" is no type of SES's events`},
		{"no type of SES's events", "MatchingEventTypes: [send, BOUNCE, deliveryDelay, renderingFailure]", "MatchingEventTypes: []", "MatchingEventTypes is missing"},
		{"other destination of SES's events", "EventBridgeDestination: {EventBusArn", "SnsDestination: {TopicARN", "only an EventBridgeDestination"},
		{"input that is fixed", "RetryPolicy: {MaximumRetryAttempts: 3}", "Input: '{}'", "Bounced.Properties: the property Input"},
		{"more retries than there are", "MaximumRetryAttempts: 0, MaximumEvent", "MaximumRetryAttempts: 3, MaximumEvent", `MaximumRetryAttempts: "3" is not a whole number from 0 to 2`},
		{"rule that says nothing", "Assertions: [{Assert: !Not [!Equals [!Ref Stage, moon]], AssertDescription: \"not there\"}]", "Assertions: []", "Always: Assertions is missing"},
		{"assertion that is no condition", "Assert: !Not [!Equals [!Ref Stage, moon]]", "Assert: !Ref Stage", "Assert: want a condition"},
		{"function of rules", "Assert: !Not [!Equals [!Ref Stage, moon]]", "Assert: {\"Fn::Contains\": [[moon], !Ref Stage]}", "Fn::Contains: the function is not understood"},
		{"property of a rule", "  Always: {Assertions:", "  Always: {Assertion: [], Assertions:", "Always: the property Assertion is not understood"},
		{"circle", "IsLocal: !Equals [!Ref Stage, local]", "IsLocal: !Not [!Condition IsProd]", "rests on itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.Replace(whole, test.old, test.new, 1)
			if changed == whole {
				t.Fatalf("%q is not in the template", test.old)
			}
			_, err := read(t, changed, map[string]string{"Stage": "local", "Scope": "email"})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q", err, test.want)
			}
		})
	}
}

func TestReadHoldsParametersToTheRules(t *testing.T) {
	for _, test := range []struct{ stage, scope, want string }{
		{"local", "email", ""},
		{"prod", "", ""}, // the rule is for local alone
		{"local", "", "Rules.WithScope.Assertions[0]: the parameters break this rule: on a machine there is a scope"},
		{"moon", "email", "Rules.Always.Assertions[0]: the parameters break this rule: not there"},
	} {
		_, err := read(t, whole, map[string]string{"Stage": test.stage, "Scope": test.scope})
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %q: %v\nwant %q", test.stage, test.scope, err, test.want)
		}
	}
}

func TestReadTakesATemplateWithoutGlobals(t *testing.T) {
	product, err := read(t, `
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties: {CodeUri: functions/worker/, Runtime: provided.al2023, Handler: bootstrap}
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if function := product.Functions[0]; function.FullName != "shop-Worker" || function.Timeout != 3*time.Second || function.Memory != 128 {
		t.Errorf("function %+v", function)
	}
}

func TestReadWantsAValueForEveryParameter(t *testing.T) {
	_, err := read(t, whole, map[string]string{"Other": "x"})
	if err == nil {
		t.Fatal("read")
	}
	for _, want := range []string{"Parameters.Scope: it has no default", "a value for Other, which is no parameter"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
}

func TestFindStopsAtTheModulesRoot(t *testing.T) {
	root := t.TempDir()
	module := filepath.Join(root, "module")
	inner := filepath.Join(module, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(module, "go.mod"), filepath.Join(root, "template.yaml")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := Find(inner); err == nil {
		t.Errorf("found %s above the module", found)
	}
	want := filepath.Join(module, "template.yaml")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := Find(inner); err != nil || found != want {
		t.Errorf("found %s, %v", found, err)
	}
}
