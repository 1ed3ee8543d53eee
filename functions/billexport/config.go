package billexport

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/bssfn/bssfn/functions"
	"github.com/bssfn/bssfn/functions/billexport/internal/ratecard"
)

// Config is the configuration of the function.
type Config struct {
	functions.Config
	functions.EventsConfig
	ExportURL string `envconfig:"EXPORT_URL" required:"true" desc:"where exports are published: file:FOLDER, which must exist, s3://BUCKET/PREFIX, obs://BUCKET/PREFIX or on Google Cloud gs://BUCKET/PREFIX"`
	StoreConfig
	Destinations Destinations `envconfig:"EXPORT_DESTINATIONS" desc:"further places that a request may name, as NAME=URL with commas between; none unless set"`
	Formats      []string     `envconfig:"EXPORT_FORMATS" default:"csv,xlsx,report" desc:"what is written where a request names nothing: csv, csv.gz, xlsx, parquet, focus-csv, focus-parquet, statements, report"`
	Headings     string       `envconfig:"EXPORT_HEADINGS" default:"en" desc:"language of headings, of statements and of the report where a request names none: en, zh, or names, which is English with the API's names above CSV files"`
	PartnerName  string       `envconfig:"EXPORT_PARTNER_NAME" desc:"your company's name, for statements, the report and FOCUS"`
	FocusRefunds string       `envconfig:"EXPORT_FOCUS_REFUNDS" default:"adjustment" desc:"charge category of refunds in FOCUS files: adjustment, as Huawei Cloud's own have it, or origin, that of what is refunded"`
	RateCard     string       `envconfig:"EXPORT_RATE_CARD" desc:"what you invoice your customers, as JSON or CSV, where no rate card lies beside the exports; see docs/rate-card.md"`
	Queue        string       `envconfig:"EXPORT_QUEUE" desc:"queue that tasks are sent to: the address of one of SQS on AWS, projects/PROJECT/topics/TOPIC on Google Cloud; they are done in this process unless set"`
	Workers      int          `envconfig:"EXPORT_WORKERS" default:"4" desc:"tasks that are done in this process at the same time, where EXPORT_QUEUE is not set"`
	SplitRows    int          `envconfig:"EXPORT_SPLIT_ROWS" default:"50000" desc:"rows above which a customer's bills are fetched in ranges of days"`
	SubscribedConfig
}

// Where refunds stand in FOCUS files.
const (
	refundsAdjustment = "adjustment"
	refundsOrigin     = "origin"
)

// checked is the configuration with its defaults, which those who make it in code leave
// out.
func (c Config) checked() (Config, error) {
	if len(c.Formats) == 0 {
		c.Formats = []string{formatCSV, formatXLSX, formatReport}
	}
	c.Headings = cmp.Or(c.Headings, headingsEnglish)
	c.FocusRefunds = cmp.Or(c.FocusRefunds, refundsAdjustment)
	c.Workers, c.SplitRows = cmp.Or(c.Workers, 4), cmp.Or(c.SplitRows, 50_000)
	var errs []error
	for _, name := range c.Formats {
		if !known(formatNames, name) {
			errs = append(errs, fmt.Errorf("EXPORT_FORMATS: %q is none of %s", name, strings.Join(formatNames, ", ")))
		}
	}
	if !known(headingsKnown, c.Headings) {
		errs = append(errs, fmt.Errorf("EXPORT_HEADINGS: %q is none of %s", c.Headings, strings.Join(headingsKnown, ", ")))
	}
	if c.FocusRefunds != refundsAdjustment && c.FocusRefunds != refundsOrigin {
		errs = append(errs, fmt.Errorf("EXPORT_FOCUS_REFUNDS: %q is neither %s nor %s", c.FocusRefunds, refundsAdjustment, refundsOrigin))
	}
	if c.Workers < 1 || c.SplitRows < 1 {
		errs = append(errs, fmt.Errorf("EXPORT_WORKERS is %d and EXPORT_SPLIT_ROWS %d: both must be 1 or more", c.Workers, c.SplitRows))
	}
	if c.RateCard != "" {
		if _, err := ratecard.Read([]byte(c.RateCard)); err != nil {
			errs = append(errs, fmt.Errorf("EXPORT_RATE_CARD: %w", err))
		}
	}
	return c, errors.Join(errs...)
}
