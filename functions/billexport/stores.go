package billexport

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/internal/objects"
	"github.com/bssfn/bssfn/pkg/handler"
)

// StoreConfig says where object stores are that are none of the cloud that the function
// runs on, and who may use them.
type StoreConfig struct {
	ExportEndpoint  string         `envconfig:"EXPORT_ENDPOINT" desc:"address of the store of obs:// and, but on AWS, of s3://, as https://obs.cn-north-4.myhuaweicloud.com"`
	ExportAccessKey string         `envconfig:"EXPORT_ACCESS_KEY" desc:"access key of that store"`
	ExportSecretKey handler.Secret `envconfig:"EXPORT_SECRET_KEY" desc:"secret key of that store"`
}

// StoreOptions say how that store is reached.
func (c StoreConfig) StoreOptions(rt functions.Runtime) objects.Options {
	return objects.Options{
		Endpoint: c.ExportEndpoint, AccessKey: c.ExportAccessKey, SecretKey: c.ExportSecretKey.Reveal(),
		Transport: rt.Transport, Now: rt.Clock.Now, Sleep: rt.Clock.Sleep,
	}
}

// Destinations are places to publish in, by the names that requests have for them.
type Destinations map[string]string

var destinationName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// UnmarshalText reads NAME=URL, with commas between.
func (d *Destinations) UnmarshalText(text []byte) error {
	*d = Destinations{}
	for pair := range strings.SplitSeq(string(text), ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, address, ok := strings.Cut(pair, "=")
		if !ok || !destinationName.MatchString(name) {
			return fmt.Errorf("%.100q is not of the form NAME=URL, with a name of lower case letters and digits", pair)
		}
		if _, again := (*d)[name]; again {
			return fmt.Errorf("%s is there twice", name)
		}
		(*d)[name] = address
	}
	return nil
}
