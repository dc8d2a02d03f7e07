package iam

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// item is a row or a key, as far as a partition key can be read from it.
type item map[string]struct{ S, N, B *string }

// row is a request for one row, alone or as a part of a transaction.
type row struct {
	TableName string
	Key, Item item
}

// parts are the actions that the parts of transactions are authorised as.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
var parts = map[string]map[string]string{
	"TransactWriteItems": {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"},
	"TransactGetItems":   {"Get": "GetItem"},
}

// dynamodb gives the permissions that a request to DynamoDB needs. Operations that functions have no business with are not
// understood: scans and queries, PartiQL, and what changes tables.
func (g *Guard) dynamodb(target string, body []byte) ([]Call, *puzzle) {
	operation := strings.TrimPrefix(target, "DynamoDB_20120810.")
	fault := func(why string) *puzzle { return &puzzle{"dynamodb:" + operation, why} }
	switch operation {
	case "GetItem", "PutItem", "UpdateItem", "DeleteItem":
		var asked row
		if err := json.Unmarshal(body, &asked); err != nil || asked.TableName == "" {
			return nil, fault("its table cannot be read")
		}
		return []Call{g.table(operation, asked.TableName, "", asked)}, nil
	case "BatchGetItem", "BatchWriteItem":
		tables, err := batch(body)
		if err != nil {
			return nil, fault("its rows cannot be read")
		}
		var calls []Call
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			calls = append(calls, g.table(operation, table, "", tables[table]...))
		}
		return calls, nil
	case "TransactWriteItems", "TransactGetItems":
		var asked struct{ TransactItems []map[string]row }
		if err := json.Unmarshal(body, &asked); err != nil {
			return nil, fault("its parts cannot be read")
		}
		var calls []Call
		for _, one := range asked.TransactItems {
			for kind, part := range one {
				action, known := parts[operation][kind]
				if !known || len(one) != 1 || part.TableName == "" {
					return nil, fault("a part of it cannot be read")
				}
				calls = append(calls, g.table(action, part.TableName, operation, part))
			}
		}
		return calls, nil
	}
	return nil, fault("it does not know the operation")
}

// batch gives the rows of a BatchGetItem or BatchWriteItem by table.
func batch(body []byte) (map[string][]row, error) {
	var asked struct{ RequestItems map[string]json.RawMessage }
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, err
	}
	tables := map[string][]row{}
	for table, raw := range asked.RequestItems {
		rows := []row{}
		if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
			var writes []struct{ PutRequest, DeleteRequest row }
			if err := json.Unmarshal(raw, &writes); err != nil {
				return nil, err
			}
			for _, write := range writes {
				rows = append(rows, row{Item: write.PutRequest.Item, Key: write.DeleteRequest.Key})
			}
		} else {
			var reads struct{ Keys []item }
			if err := json.Unmarshal(raw, &reads); err != nil {
				return nil, err
			}
			for _, key := range reads.Keys {
				rows = append(rows, row{Key: key})
			}
		}
		tables[table] = rows
	}
	return tables, nil
}

// table is the permission for rows of a table, which goes by its name or its ARN.
func (g *Guard) table(action, table, enclosing string, rows ...row) Call {
	call := Call{Action: "dynamodb:" + action, Resource: table, Keys: map[string][]string{}}
	_, name, isARN := strings.Cut(table, ":table/")
	if !isARN {
		name, call.Resource = table, g.arn("dynamodb", "table/"+table)
	}
	if partition, known := g.world.PartitionKeys[name]; known {
		if keys := leadingKeys(partition, rows); len(keys) > 0 {
			call.Keys[LeadingKeys] = keys
		}
	}
	if enclosing != "" {
		call.Keys[EnclosingOperation] = []string{enclosing}
	}
	return call
}

// leadingKeys are the values of the rows' partition keys; none, when one of the rows has none.
func leadingKeys(partition string, rows []row) []string {
	var keys []string
	for _, one := range rows {
		attributes := one.Key
		if attributes == nil {
			attributes = one.Item
		}
		switch value := attributes[partition]; {
		case value.S != nil:
			keys = append(keys, *value.S)
		case value.N != nil:
			keys = append(keys, *value.N)
		case value.B != nil:
			keys = append(keys, *value.B)
		default:
			return nil
		}
	}
	return keys
}
