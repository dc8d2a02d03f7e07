package template

import "fmt"

// Region and account of the names made here. The Region does not exist on purpose: an AWS address that a program might make up
// from it leads nowhere.
const (
	Region  = "local-1"
	Account = "000000000000"
)

func arn(service, rest string) string {
	return "arn:aws:" + service + ":" + Region + ":" + Account + ":" + rest
}

// named are the resource types with a name of their own, and the property that gives it.
var named = map[string]string{
	"AWS::Serverless::Function":   "FunctionName",
	"AWS::DynamoDB::Table":        "TableName",
	"AWS::SecretsManager::Secret": "Name",
	"AWS::SES::ConfigurationSet":  "Name",
	"AWS::SES::EmailIdentity":     "EmailIdentity",
	"AWS::SQS::Queue":             "QueueName",
	"AWS::Events::Rule":           "Name",
	"AWS::Events::EventBus":       "Name",
	"AWS::Logs::LogGroup":         "LogGroupName",
	"AWS::IAM::Role":              "RoleName",
}

// name is a resource's own name: the one its property gives, otherwise one made of the stack's and the logical id, as
// CloudFormation does it (without its random end).
func (r *resolver) name(target *resource) (string, error) {
	property, ok := named[target.kind]
	if !ok {
		return r.pseudo["AWS::StackName"] + "-" + target.id, nil
	}
	raw, ok := target.properties[property]
	if !ok {
		return r.pseudo["AWS::StackName"] + "-" + target.id, nil
	}
	value, err := r.resolve(raw)
	if err != nil {
		return "", fmt.Errorf("%s: %s: %w", target.id, property, err)
	}
	if name := text(value); name != "" {
		return name, nil
	}
	return r.pseudo["AWS::StackName"] + "-" + target.id, nil
}

// reference is what Ref gives for a resource.
func (r *resolver) reference(target *resource) (string, error) {
	name, err := r.name(target)
	if err != nil {
		return "", err
	}
	switch target.kind {
	case "AWS::SecretsManager::Secret":
		return secretARN(name), nil
	case "AWS::SQS::Queue":
		return "https://sqs." + Region + ".amazonaws.com/" + Account + "/" + name, nil
	}
	return name, nil
}

// Secrets Manager ends the ARN of a secret with six random symbols.
func secretARN(name string) string { return arn("secretsmanager", "secret:"+name+"-local0") }

func streamARN(table string) string {
	return arn("dynamodb", "table/"+table+"/stream/2026-01-01T00:00:00.000")
}

func (r *resolver) attribute(id, attribute string) (any, error) {
	target, ok := r.resources[id]
	if !ok {
		return nil, fmt.Errorf("there is no resource %s", id)
	}
	name, err := r.name(target)
	if err != nil {
		return nil, err
	}
	switch target.kind + " " + attribute {
	case "AWS::Serverless::Function Arn":
		return arn("lambda", "function:"+name), nil
	case "AWS::DynamoDB::Table Arn":
		return arn("dynamodb", "table/"+name), nil
	case "AWS::DynamoDB::Table StreamArn":
		return streamARN(name), nil
	case "AWS::SecretsManager::Secret Id":
		return secretARN(name), nil
	case "AWS::SQS::Queue Arn":
		return arn("sqs", name), nil
	case "AWS::SQS::Queue QueueName":
		return name, nil
	case "AWS::Events::Rule Arn":
		return arn("events", "rule/"+name), nil
	case "AWS::Events::EventBus Arn":
		return arn("events", "event-bus/"+name), nil
	case "AWS::Logs::LogGroup Arn":
		return arn("logs", "log-group:"+name+":*"), nil
	case "AWS::IAM::Role Arn":
		return "arn:aws:iam::" + Account + ":role/" + name, nil
	}
	return nil, fmt.Errorf("%s (%s): the attribute %s is not understood", id, target.kind, attribute)
}
