package dynamo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// record is a stream record in the form in which Lambda hands it to functions.
type record struct {
	sequence string
	key      string // the item's key, as JSON: records of one key keep their order
	created  time.Time
	body     json.RawMessage
}

// convert takes a record that was read now.
func convert(from types.Record, sourceARN, region string, now time.Time) (record, error) {
	keys, err := attributes(from.Dynamodb.Keys)
	if err != nil {
		return record{}, err
	}
	newImage, err := attributes(from.Dynamodb.NewImage)
	if err != nil {
		return record{}, err
	}
	oldImage, err := attributes(from.Dynamodb.OldImage)
	if err != nil {
		return record{}, err
	}
	created := secondOf(aws.ToTime(from.Dynamodb.ApproximateCreationDateTime), now)
	change := map[string]any{
		"ApproximateCreationDateTime": created.Unix(), "Keys": keys, "SequenceNumber": aws.ToString(from.Dynamodb.SequenceNumber),
		"SizeBytes": aws.ToInt64(from.Dynamodb.SizeBytes), "StreamViewType": from.Dynamodb.StreamViewType,
	}
	if newImage != nil {
		change["NewImage"] = newImage
	}
	if oldImage != nil {
		change["OldImage"] = oldImage
	}
	event := map[string]any{
		"eventID": aws.ToString(from.EventID), "eventName": from.EventName, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
		"awsRegion": region, "eventSourceARN": sourceARN, "dynamodb": change,
	}
	if from.UserIdentity != nil {
		event["userIdentity"] = map[string]any{"type": aws.ToString(from.UserIdentity.Type), "principalId": aws.ToString(from.UserIdentity.PrincipalId)}
	}
	body, err := json.Marshal(event)
	if err != nil {
		return record{}, err
	}
	key, err := json.Marshal(keys)
	return record{sequence: aws.ToString(from.Dynamodb.SequenceNumber), key: string(key), created: created, body: body}, err
}

// secondOf gives a record's time to the second, as DynamoDB does: DynamoDB Local tells the minute alone. Records are read within
// a second of their writing, unless the stack was down meanwhile.
func secondOf(minute, now time.Time) time.Time {
	if !minute.Equal(minute.Truncate(time.Minute)) || now.Sub(minute) > time.Minute+time.Second {
		return minute
	}
	if last := minute.Add(59 * time.Second); now.After(last) {
		return last
	}
	return now.Truncate(time.Second)
}

// attributes writes an image as DynamoDB's JSON does: {"pk":{"S":"a"}}, binary in base64. Nil for no image.
func attributes(image map[string]types.AttributeValue) (map[string]any, error) {
	if image == nil {
		return nil, nil
	}
	written := make(map[string]any, len(image))
	for name, value := range image {
		one, err := attribute(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		written[name] = one
	}
	return written, nil
}

func attribute(value types.AttributeValue) (map[string]any, error) {
	switch value := value.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": value.Value}, nil
	case *types.AttributeValueMemberN:
		return map[string]any{"N": value.Value}, nil
	case *types.AttributeValueMemberB:
		return map[string]any{"B": value.Value}, nil
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": value.Value}, nil
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": value.Value}, nil
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": value.Value}, nil
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": value.Value}, nil
	case *types.AttributeValueMemberBS:
		return map[string]any{"BS": value.Value}, nil
	case *types.AttributeValueMemberM:
		inner, err := attributes(value.Value)
		return map[string]any{"M": inner}, err
	case *types.AttributeValueMemberL:
		list := make([]any, 0, len(value.Value))
		for _, item := range value.Value {
			one, err := attribute(item)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		return map[string]any{"L": list}, nil
	}
	return nil, fmt.Errorf("an attribute of an unknown type %T", value)
}
