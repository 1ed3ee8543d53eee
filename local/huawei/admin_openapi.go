package huawei

import (
	_ "embed"
	"net/http"
)

//go:embed admin.openapi.yaml
var adminOpenAPI []byte

// serveDocument answers the description of the administration.
func serveDocument(w http.ResponseWriter, _ *http.Request) {
	reply{status: http.StatusOK, contentType: "application/yaml", body: adminOpenAPI}.send(w)
}
