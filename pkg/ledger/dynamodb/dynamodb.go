// Package dynamodb keeps the ledger in a DynamoDB table: the store of functions
// that run on AWS Lambda. Writes are conditional, reads consistent, and the list
// of due rows comes from a sparse index, which may lag a moment.
//
// The table has the partition key row_key and the sort key row_kind (strings), a
// global secondary index "due" with due_kind (string) and due_at (number) and
// all attributes, and time to live on the attribute "ttl". A function needs
// PutItem, UpdateItem and GetItem on the table and Query on its index;
// DeleteExpired also Scan and DeleteItem.
package dynamodb

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/bssfn/bssfn/pkg/ledger"
)

const (
	dueIndex = "due"
	absent   = "attribute_not_exists(row_key)"
)

// Store is a ledger.Store in a DynamoDB table.
type Store struct {
	client *dynamodb.Client
	table  string
}

var _ ledger.Store = (*Store)(nil)

// New returns the store in table, which must exist.
func New(client *dynamodb.Client, table string) *Store {
	return &Store{client: client, table: table}
}

// Insert implements ledger.Store.
func (s *Store) Insert(ctx context.Context, row ledger.Row) error {
	row.Version = 1
	write := rand.Text()
	_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           &s.table,
		Item:                                item(row, write),
		ConditionExpression:                 aws.String(absent),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	return outcome(err, write, ledger.ErrExists)
}

// Update implements ledger.Store.
func (s *Store) Update(ctx context.Context, row ledger.Row) error {
	write := rand.Text()
	change := update(row, write)
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                           &s.table,
		Key:                                 id(row.Kind, row.Key),
		UpdateExpression:                    &change.expression,
		ConditionExpression:                 aws.String("#version = :expected"),
		ExpressionAttributeNames:            change.names,
		ExpressionAttributeValues:           change.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	return outcome(err, write, ledger.ErrVersion)
}

// outcome tells a refused condition from other errors. The SDK repeats a write
// whose answer was lost; when the first one had arrived, the repetition is
// refused because of our own write, which bears our mark.
func outcome(err error, write string, refused error) error {
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok {
		return err
	}
	if text(failed.Item, attrWrite) == write {
		return nil
	}
	return refused
}

// Get implements ledger.Store.
func (s *Store) Get(ctx context.Context, kind, key string) (ledger.Row, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &s.table,
		Key:            id(kind, key),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return ledger.Row{}, err
	}
	if len(out.Item) == 0 {
		return ledger.Row{}, ledger.ErrNotFound
	}
	return rowOf(out.Item)
}

// Due implements ledger.Store. It reads the index, which lags behind the table.
func (s *Store) Due(ctx context.Context, kind string, from, until time.Time, limit int) ([]ledger.Row, error) {
	if until.Before(from) {
		return nil, ctx.Err() // DynamoDB refuses such a range
	}
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName:              &s.table,
		IndexName:              aws.String(dueIndex),
		KeyConditionExpression: aws.String(attrDueKind + " = :kind AND " + attrDueAt + " BETWEEN :from AND :until"),
		ExpressionAttributeValues: attributes{
			":kind":  stringValue(kind),
			":from":  instantValue(from),
			":until": instantValue(until),
		},
		Limit: aws.Int32(pageSize(limit)),
	})
	var rows []ledger.Row
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, found := range page.Items {
			if len(rows) == limit {
				return rows, nil
			}
			row, err := rowOf(found)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// DeleteExpired implements ledger.Store. It reads the whole table, so it is for
// tables without time to live; one that has it deletes expired rows by itself,
// some days later and free of charge.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time, limit int) (int, error) {
	past := aws.String(attrExpiresAt + " <= :now")
	values := attributes{":now": instantValue(now)}
	pages := dynamodb.NewScanPaginator(s.client, &dynamodb.ScanInput{
		TableName:                 &s.table,
		FilterExpression:          past,
		ExpressionAttributeValues: values,
		ProjectionExpression:      aws.String(attrKey + ", " + attrKind),
	})
	deleted := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return deleted, err
		}
		for _, key := range page.Items {
			if deleted == limit {
				return deleted, nil
			}
			_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
				TableName:                 &s.table,
				Key:                       key,
				ConditionExpression:       past,
				ExpressionAttributeValues: values,
			})
			if _, renewed := errors.AsType[*types.ConditionalCheckFailedException](err); renewed {
				continue
			}
			if err != nil {
				return deleted, err
			}
			deleted++
		}
	}
	return deleted, nil
}

// pageSize bounds a page as the API does, whatever the caller's limit.
func pageSize(limit int) int32 { return int32(min(max(limit, 1), 1000)) }
