package scale_test

import (
	"net"
	"net/http"
	"time"

	"github.com/bssfn/bssfn/local/huawei"
)

// world is a simulated Huawei Cloud whose customers have records in a cycle that is
// settled.
type world struct {
	Cycle           string
	Customers, Rows int
}

// lastCycle is a cycle whose bills no longer change, whatever day it is.
func lastCycle(now time.Time) string {
	return now.AddDate(0, 0, 1-now.Day()).AddDate(0, -2, 0).Format("2006-01")
}

func playCloud() error {
	var w world
	if err := settings(&w); err != nil {
		return err
	}
	cloud, err := huawei.NewServer(huawei.Options{Seed: 1, QuotaOff: true})
	if err != nil {
		return err
	}
	if _, err := cloud.AddConsumers(w.Cycle, w.Customers, w.Rows/w.Customers); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: cloud.API(), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	if err := answer("http://" + listener.Addr().String()); err != nil {
		return err
	}
	return untilInputEnds()
}
