package template

import (
	"reflect"
	"strings"
	"testing"

	"mailbind/shared/local/iam"
)

// roles is a product with a function of a role of its own, and one that leaves its role to SAM.
const roles = `
Parameters:
  Wide: {Type: String, Default: "false"}
Conditions:
  IsWide: !Equals [!Ref Wide, "true"]
Resources:
  Things:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Others:
    Type: AWS::DynamoDB::Table
    Properties: {AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], KeySchema: [{AttributeName: pk, KeyType: HASH}]}
  Failures: {Type: AWS::SQS::Queue}
  Log: {Type: AWS::Logs::LogGroup}
  Worker:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties:
      CodeUri: functions/worker/
      Runtime: provided.al2023
      Handler: bootstrap
      Role: !GetAtt WorkerRole.Arn
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Things.StreamArn
            StartingPosition: LATEST
            BatchSize: 5
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}}
  WorkerRole:
    Type: AWS::IAM::Role
    Properties:
      Description: does the work
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: [lambda.amazonaws.com]}, Action: [sts:AssumeRole]}]
      Policies:
        - PolicyName: worker
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Sid: Log, Effect: Allow, Action: logs:PutLogEvents, Resource: !GetAtt Log.Arn}
              - Effect: Allow
                Action: [dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator, dynamodb:ListStreams]
                Resource: !Sub "${Things.Arn}/stream/*"
              - {Sid: Failures, Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Failures.Arn}
        - PolicyName: rows
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Row
                Effect: Deny
                Action: dynamodb:GetItem
                Resource: [!GetAtt Things.Arn, !If [IsWide, !GetAtt Others.Arn, !Ref "AWS::NoValue"]]
                Condition: {"Null": {"dynamodb:LeadingKeys": false}, ForAllValues:StringEquals: {"dynamodb:LeadingKeys": [j, k]}}
  Plain:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties: {CodeUri: functions/plain/, Runtime: provided.al2023, Handler: bootstrap}
`

func TestReadGivesEachFunctionItsRole(t *testing.T) {
	for wide, resources := range map[string][]string{
		"false": {arn("dynamodb", "table/shop-Things")}, "true": {arn("dynamodb", "table/shop-Things"), arn("dynamodb", "table/shop-Others")},
	} {
		product, err := read(t, roles, map[string]string{"Wide": wide})
		if err != nil {
			t.Fatal(err)
		}
		plain, worker := product.Functions[0].Role, product.Functions[1].Role
		if want := (Role{ARN: "arn:aws:iam::000000000000:role/shop-PlainRole", Made: true}); !reflect.DeepEqual(plain, want) {
			t.Errorf("plain: %+v", plain)
		}
		want := Role{ARN: "arn:aws:iam::000000000000:role/shop-WorkerRole", Policy: iam.Policy{
			{Sid: "Log", Effect: "Allow", Actions: []string{"logs:PutLogEvents"}, Resources: []string{arn("logs", "log-group:shop-Log:*")}},
			{Sid: "number 2", Effect: "Allow", Actions: streamActions, Resources: []string{arn("dynamodb", "table/shop-Things/stream/*")}},
			{Sid: "Failures", Effect: "Allow", Actions: []string{"sqs:SendMessage"}, Resources: []string{arn("sqs", "shop-Failures")}},
			{Sid: "Row", Effect: "Deny", Actions: []string{"dynamodb:GetItem"}, Resources: resources, Conditions: []iam.Condition{
				{Operator: "ForAllValues:StringEquals", Key: "dynamodb:LeadingKeys", Values: []string{"j", "k"}},
				{Operator: "Null", Key: "dynamodb:LeadingKeys", Values: []string{"false"}},
			}},
		}}
		if !reflect.DeepEqual(worker, want) {
			t.Errorf("worker\n got %+v\nwant %+v", worker, want)
		}
		if len(product.NotEnforced) != 1 || !strings.Contains(product.NotEnforced[0], "logs:") {
			t.Errorf("not enforced: %q", product.NotEnforced)
		}
	}
}

// TestReadRefusesPermissionsThatItDoesNotUnderstand changes one thing at a time.
func TestReadRefusesPermissionsThatItDoesNotUnderstand(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"managed policy", "Description: does the work", "ManagedPolicyArns: [x]", "WorkerRole: the property ManagedPolicyArns"},
		{"boundary", "Description: does the work", "PermissionsBoundary: x", "WorkerRole: the property PermissionsBoundary"},
		{"path", "Description: does the work", "Path: /service/", "WorkerRole: the property Path"},
		{"SAM's policies", "Handler: bootstrap}\n", "Handler: bootstrap, Policies: [AmazonDynamoDBFullAccess]}\n", "Plain: the property Policies"},
		{"SAM's boundary", "Handler: bootstrap}\n", "Handler: bootstrap, PermissionsBoundary: x}\n", "Plain: the property PermissionsBoundary"},
		{"another's role", "Role: !GetAtt WorkerRole.Arn", "Role: arn:aws:iam::000000000000:role/other", "Worker: Role: arn:aws:iam::000000000000:role/other is no role"},
		{"policy of its own", "Log: {Type: AWS::Logs::LogGroup}", "Log: {Type: AWS::Logs::LogGroup}\n  More: {Type: AWS::IAM::ManagedPolicy}", "AWS::IAM::ManagedPolicy is not"},
		{"policy of a table", "      KeySchema: [", "      ResourcePolicy: {}\n      KeySchema: [", "Things: the property ResourcePolicy"},
		{"version", "Version: \"2012-10-17\"\n            Statement:\n              - Sid", "Version: \"2008-10-17\"\n            Statement:\n              - Sid", `want 2012-10-17, not "2008-10-17"`},
		{"not action", "Action: dynamodb:GetItem", "NotAction: dynamodb:GetItem", "WorkerRole.Policies[1].PolicyDocument.Statement[0]: the property NotAction"},
		{"not resource", "Resource: !GetAtt Log.Arn", "NotResource: !GetAtt Log.Arn", "Statement[0]: the property NotResource"},
		{"statement by a condition", "- {Sid: Log,", "- !If [IsWide, !Ref \"AWS::NoValue\", {}]\n              - {Sid: Log,", "Fn::If"},
		{"wildcard", "dynamodb:GetItem", `"dynamodb:*Item"`, `"dynamodb:*Item" is not understood`},
		{"every condition's resource gone", "[!GetAtt Things.Arn, !If", "[!If", "Resource is missing"},
		{"resource that is no text", "[!GetAtt Things.Arn, ", "[{a: b}, ", "Resource: want scalars"},
		{"operator of a Deny", `"Null": {`, `StringNotEquals: {`, "the operator StringNotEquals is not"},
		{"value of a Null", "false}", "maybe}", "neither true nor false"},
		{"nobody may take the role", "[lambda.amazonaws.com]", "ec2.amazonaws.com", "no statement lets lambda.amazonaws.com take the role"},
		{"taken on a condition", "Action: [sts:AssumeRole]}", "Action: [sts:AssumeRole], Condition: {}}", "the property Condition"},
		{"reader that may not read", "dynamodb:GetRecords, ", "", "Worker.Events.Changes.Properties: arn:aws:iam::000000000000:role/shop-WorkerRole may not dynamodb:GetRecords"},
		{"reader of another's stream", "${Things.Arn}/stream", "${Others.Arn}/stream", "may not dynamodb:DescribeStream on " + streamARN("shop-Things")},
		{"what failed goes nowhere", "sqs:SendMessage", "sqs:ReceiveMessage", "may not sqs:SendMessage on arn:aws:sqs:local-1:000000000000:shop-Failures"},
		{"what is not tried again goes nowhere", "EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}}",
			"EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !Sub \"${Failures.Arn}-others\"}}}",
			"Worker.EventInvokeConfig: arn:aws:iam::000000000000:role/shop-WorkerRole may not sqs:SendMessage on arn:aws:sqs:local-1:000000000000:shop-Failures-others"},
		{"what failed goes to a topic", "Type: SQS", "Type: SNS", "only the ARN of a queue"},
		{"what failed goes by a URL", "!GetAtt Failures.Arn}}", "!Ref Failures}}", "only the ARN of a queue"},
		{"property of a destination", "OnFailure: {", "OnSuccess: {}, OnFailure: {", "DestinationConfig: the property OnSuccess"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.Replace(roles, test.old, test.new, 1)
			if changed == roles {
				t.Fatalf("%q is not in the template", test.old)
			}
			if _, err := read(t, changed, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q", err, test.want)
			}
		})
	}
}
