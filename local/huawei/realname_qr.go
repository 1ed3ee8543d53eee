package huawei

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// qrCodeLife is how long a customer may wait before scanning.
const qrCodeLife = 10 * time.Minute

// qrCodeAddress is a reserved name, so that nobody takes a simulated code to a
// real place.
const qrCodeAddress = "https://realname.huaweicloud.example/scan?token="

// realNameQRCode is a code that a person scans to show its face.
type realNameQRCode struct {
	url       string
	customer  *customer
	expiresOn time.Time
	used      bool
}

// showRealNameQRCode answers a code that works once and for ten minutes. It is
// for the account itself and not for its users; the status is not documented.
// https://support.huaweicloud.com/api-oce/mac_00005.html
func showRealNameQRCode(s *Server, c *call) (any, error) {
	if c.caller.user != nil {
		return nil, refuse(http.StatusBadRequest, "CBC.99007297", "a sub-account has no permission for the real-name authentication code")
	}
	code := &realNameQRCode{
		url:       qrCodeAddress + pick(s.random, hexadecimals, 32),
		customer:  s.state.customer(c.caller.customer),
		expiresOn: c.now.Add(qrCodeLife),
	}
	s.state.qrCodes = append(s.state.qrCodes, code)
	return map[string]any{"qr_code_url": code.url}, nil
}

// Scan is a person who scans the code of a real-name authentication.
type Scan struct {
	URL    string `json:"qr_code_url"`
	Name   string `json:"name"`
	Number string `json:"verified_number"` // of the person's certificate; decides the outcome as a submitted one does
}

// ScanRealNameCode does what the person does whose telephone reads the code: it
// applies for the customer's authentication, which is decided after
// Options.ReviewDelay.
func (s *Server) ScanRealNameCode(scan Scan) error {
	if scan.Name == "" || scan.Number == "" {
		return errors.New("huawei: scanning a code: the name or the certificate number is missing")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	code := s.state.qrCode(scan.URL)
	switch {
	case code == nil:
		return errors.New("huawei: scanning a code: there is none of that address")
	case code.used:
		return errors.New("huawei: scanning a code: it has been used")
	case !now.Before(code.expiresOn):
		return errors.New("huawei: scanning a code: it has expired")
	}
	if err := s.checkFirst(code.customer, now); err != nil {
		return fmt.Errorf("huawei: scanning a code: %w", err)
	}
	code.used = true
	s.apply(Effect{Time: now, Operation: "ScanRealNameCode", CustomerID: code.customer.id}, code.customer, realNameApplication{
		kind: kindPersonal, name: scan.Name, number: scan.Number, decidedOn: now.Add(s.options.ReviewDelay),
	})
	return nil
}

func (s *state) qrCode(url string) *realNameQRCode {
	for _, code := range s.qrCodes {
		if code.url == url {
			return code
		}
	}
	return nil
}

func (s *Server) realNameRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /_sim/realname/scan": adminAction(func(_ context.Context, in Scan) (any, error) {
			return done(s.ScanRealNameCode(in))
		}),
	}
}
