package objects

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// List implements Store.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		page, last := listPage{}, ""
		for {
			var err error
			if page, err = b.list(ctx, prefix, page.next, last); err != nil {
				yield(Object{}, err)
				return
			}
			for _, o := range page.objects {
				last = o.Name
				// Others may have put something there under a name of theirs.
				name := strings.TrimPrefix(o.Name, b.location.Prefix)
				if CheckName(name) == nil && !yield(Object{name, o.Size}, nil) {
					return
				}
			}
			if page.next == "" {
				return
			}
		}
	}
}

// list asks for a page of objects with a prefix that come after the last one.
func (b *Bucket) list(ctx context.Context, prefix, continuation, last string) (listPage, error) {
	query := url.Values{"list-type": {"2"}, "encoding-type": {"url"}, "prefix": {b.key(prefix)}}
	if continuation != "" {
		query.Set("continuation-token", continuation)
	}
	a, err := b.do(ctx, request{method: http.MethodGet, query: query})
	if err != nil {
		return listPage{}, err
	}
	page, err := parseList(a.body)
	if err != nil {
		return listPage{}, fmt.Errorf("list %s://%s: %w", b.location.Kind, b.location.Bucket, err)
	}
	if page.next != "" && page.next == continuation {
		return listPage{}, fmt.Errorf("list %s://%s: a page continues with itself", b.location.Kind, b.location.Bucket)
	}
	for _, o := range page.objects {
		if !strings.HasPrefix(o.Name, b.key(prefix)) || o.Name <= last {
			return listPage{}, fmt.Errorf("list %s://%s: %.80q is out of place", b.location.Kind, b.location.Bucket, o.Name)
		}
		last = o.Name
	}
	return page, nil
}

// listPage is a page of a list.
type listPage struct {
	objects []Object
	next    string // continues the list; empty at its end
}

// parseList reads a page of the second version of the protocol's list.
func parseList(answer []byte) (listPage, error) {
	var result struct {
		XMLName      xml.Name `xml:"ListBucketResult"`
		EncodingType string   `xml:"EncodingType"`
		IsTruncated  bool     `xml:"IsTruncated"`
		Next         string   `xml:"NextContinuationToken"`
		Contents     []struct {
			Key  *string `xml:"Key"`
			Size *int64  `xml:"Size"`
		} `xml:"Contents"`
	}
	if err := unmarshalXML(answer, &result); err != nil {
		return listPage{}, err
	}
	if result.IsTruncated != (result.Next != "") {
		return listPage{}, errors.New("the page does not say where the next one begins")
	}
	page := listPage{next: result.Next}
	for _, c := range result.Contents {
		if c.Key == nil || c.Size == nil || *c.Size < 0 {
			return listPage{}, errors.New("an object has no name or no size")
		}
		name := *c.Key
		if result.EncodingType == "url" {
			var err error
			if name, err = url.QueryUnescape(name); err != nil {
				return listPage{}, fmt.Errorf("the name of an object: %w", err)
			}
		}
		page.objects = append(page.objects, Object{name, *c.Size})
	}
	return page, nil
}

// unmarshalXML reads one element, with nothing but space and comments beside it.
func unmarshalXML(data []byte, to any) error {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(to); err != nil {
		return fmt.Errorf("the store's answer: %w", err)
	}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the store's answer: %w", err)
		}
		if text, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if _, ok := token.(xml.Comment); !ok {
			return errors.New("the store's answer goes on after its end")
		}
	}
}
