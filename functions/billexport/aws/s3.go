package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/bssfn/bssfn/functions/billexport"
)

const (
	manifestName = "manifest.json"
	// maxManifest bounds what is read of a manifest; the list of differences is
	// the long part of it.
	maxManifest = 64 << 20
)

// bucket publishes under a prefix of an S3 bucket: each cycle has manifest.json and
// the data file that it names. A draft is a temporary file of this process; an
// object appears whole or not at all.
type bucket struct {
	client       *s3.Client
	name, prefix string
	tempDir      string
}

// newBucket reads s3://BUCKET/PREFIX.
func newBucket(client *s3.Client, address string) (*bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("EXPORT_URL %q is not of the form s3://BUCKET/PREFIX, which is where exports go on AWS", address)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &bucket{client: client, name: u.Host, prefix: prefix, tempDir: os.TempDir()}, nil
}

func (b *bucket) key(cycle, name string) string { return b.prefix + cycle + "/" + name }

func (b *bucket) failed(what string, err error) error {
	return fmt.Errorf("bucket %s: %s: %w; check that it exists and what the function's role may do", b.name, what, err)
}

// Manifest implements billexport.Destination.
func (b *bucket) Manifest(ctx context.Context, cycle string) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: aws.String(b.key(cycle, manifestName))})
	if _, missing := errors.AsType[*types.NoSuchKey](err); missing {
		return nil, billexport.ErrNotPublished
	}
	if err != nil {
		return nil, b.failed("read the manifest of "+cycle, err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(io.LimitReader(out.Body, maxManifest+1))
	if err == nil && len(data) > maxManifest {
		err = errors.New("it is larger than any manifest")
	}
	if err != nil {
		return nil, b.failed("read the manifest of "+cycle, err)
	}
	return data, nil
}

// Begin implements billexport.Destination.
func (b *bucket) Begin(_ context.Context, cycle string) (billexport.Draft, error) {
	file, err := os.CreateTemp(b.tempDir, "bills-*.csv")
	if err != nil {
		return nil, fmt.Errorf("begin a draft: %w", err)
	}
	return &draft{bucket: b, cycle: cycle, file: file}, nil
}

type draft struct {
	*bucket
	cycle string
	file  *os.File
}

// Write implements io.Writer.
func (d *draft) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if err != nil {
		err = fmt.Errorf("write the draft %s: %w; a month needs more ephemeral storage", d.file.Name(), err)
	}
	return n, err
}

// Publish implements billexport.Draft: the data first, the manifest that names it
// last.
func (d *draft) Publish(ctx context.Context, name string, manifest []byte) error {
	if err := d.put(ctx, name, "text/csv; charset=utf-8", d.file); err != nil {
		return d.failed("put the bills there", err)
	}
	if err := d.put(ctx, manifestName, "application/json", bytes.NewReader(manifest)); err != nil {
		return d.failed("put the manifest there", err)
	}
	// The export is published. A file that stays is named by no manifest, and the
	// next run removes it.
	_ = d.removeOthers(ctx, name)
	return nil
}

// put sends an object with its SHA-256, which S3 checks.
func (d *draft) put(ctx context.Context, name, contentType string, content io.ReadSeeker) error {
	hash := sha256.New()
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(hash, content); err != nil {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := d.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &d.name, Key: aws.String(d.key(d.cycle, name)), Body: content, ContentType: &contentType,
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(hash.Sum(nil))),
	})
	return err
}

func (d *draft) removeOthers(ctx context.Context, name string) error {
	pages := s3.NewListObjectsV2Paginator(d.client, &s3.ListObjectsV2Input{Bucket: &d.name, Prefix: aws.String(d.key(d.cycle, "bills-"))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, object := range page.Contents {
			if aws.ToString(object.Key) == d.key(d.cycle, name) {
				continue
			}
			if _, err := d.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &d.name, Key: object.Key}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close implements billexport.Draft.
func (d *draft) Close() error {
	return errors.Join(d.file.Close(), os.Remove(d.file.Name()))
}
