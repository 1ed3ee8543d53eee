package dynamodb

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/bssfn/bssfn/pkg/ledger"
)

// The attributes of an item. Instants are whole microseconds since 1970, except
// ttl, which DynamoDB wants in seconds.
const (
	attrKey       = "row_key"
	attrKind      = "row_kind"
	attrVersion   = "version"
	attrBody      = "body"
	attrState     = "state"
	attrDueKind   = "due_kind" // present with due_at alone, so that the index is sparse
	attrDueAt     = "due_at"
	attrExpiresAt = "expires_at"
	attrTTL       = "ttl"
	attrCreatedAt = "created_at"
	attrUpdatedAt = "updated_at"
	attrWrite     = "write" // the mark of the last write
)

type attributes = map[string]types.AttributeValue

func id(kind, key string) attributes {
	return attributes{attrKey: stringValue(key), attrKind: stringValue(kind)}
}

// item returns row as the table keeps it, marked by the write that puts it there.
func item(row ledger.Row, write string) attributes {
	all := optional(row)
	maps.Copy(all, id(row.Kind, row.Key))
	all[attrVersion] = numberValue(row.Version)
	all[attrBody] = stringValue(string(row.Body))
	all[attrCreatedAt] = instantValue(row.CreatedAt)
	all[attrUpdatedAt] = instantValue(row.UpdatedAt)
	all[attrWrite] = stringValue(write)
	return all
}

// optional returns the attributes that row has and another row may lack.
func optional(row ledger.Row) attributes {
	has := attributes{}
	if row.State != "" {
		has[attrState] = stringValue(row.State)
	}
	if !row.DueAt.IsZero() {
		has[attrDueKind] = stringValue(row.Kind)
		has[attrDueAt] = instantValue(row.DueAt)
	}
	if !row.ExpiresAt.IsZero() {
		has[attrExpiresAt] = instantValue(row.ExpiresAt)
		has[attrTTL] = numberValue(row.ExpiresAt.Unix() + 1) // never before it expires
	}
	return has
}

type change struct {
	expression string
	names      map[string]string
	values     attributes
}

// update returns the change that makes the item with row.Version into row with
// the next one: every attribute is set or removed, apart from the key and
// created_at.
func update(row ledger.Row, write string) change {
	c := change{
		names:  map[string]string{"#version": attrVersion},
		values: attributes{":expected": numberValue(row.Version)},
	}
	row.Version++
	next := item(row, write)
	var set, remove []string
	for _, name := range []string{
		attrVersion, attrBody, attrState, attrDueKind, attrDueAt, attrExpiresAt, attrTTL, attrUpdatedAt, attrWrite,
	} {
		c.names["#"+name] = name // many are reserved words
		value, ok := next[name]
		if !ok {
			remove = append(remove, "#"+name)
			continue
		}
		c.values[":"+name] = value
		set = append(set, "#"+name+" = :"+name)
	}
	c.expression = "SET " + strings.Join(set, ", ")
	if len(remove) > 0 {
		c.expression += " REMOVE " + strings.Join(remove, ", ")
	}
	return c
}

func rowOf(from attributes) (ledger.Row, error) {
	row := ledger.Row{
		Kind:  text(from, attrKind),
		Key:   text(from, attrKey),
		Body:  []byte(text(from, attrBody)),
		State: text(from, attrState),
	}
	if _, err := number(from, attrVersion, &row.Version); err != nil {
		return ledger.Row{}, fmt.Errorf("the %s row %q: %w", row.Kind, row.Key, err)
	}
	for name, into := range map[string]*time.Time{
		attrDueAt:     &row.DueAt,
		attrExpiresAt: &row.ExpiresAt,
		attrCreatedAt: &row.CreatedAt,
		attrUpdatedAt: &row.UpdatedAt,
	} {
		var micros int64
		there, err := number(from, name, &micros)
		if err != nil {
			return ledger.Row{}, fmt.Errorf("the %s row %q: %w", row.Kind, row.Key, err)
		}
		if there {
			*into = time.UnixMicro(micros).UTC()
		}
	}
	return row, nil
}

func stringValue(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func numberValue(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func instantValue(t time.Time) types.AttributeValue { return numberValue(t.UnixMicro()) }

func text(from attributes, name string) string {
	if s, ok := from[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// number reads an attribute and says whether it is there.
func number(from attributes, name string, into *int64) (there bool, err error) {
	n, ok := from[name].(*types.AttributeValueMemberN)
	if !ok {
		return false, nil
	}
	if *into, err = strconv.ParseInt(n.Value, 10, 64); err != nil {
		return false, fmt.Errorf("its attribute %s is no whole number: %w", name, err)
	}
	return true, nil
}
