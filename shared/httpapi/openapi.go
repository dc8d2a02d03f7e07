package httpapi

import (
	"context"
	_ "embed"
	"net/http"
)

// openapi describes every operation of the API. A test compares it with the code and the template.
//
//go:embed openapi.yaml
var openapi string

// Description is GET /openapi.yaml.
func Description(_ context.Context, r *Request) (Response, error) {
	body := openapi
	if r.Method == http.MethodHead {
		body = ""
	}
	return Response{StatusCode: http.StatusOK, Body: body, Headers: map[string]string{
		"content-type": "application/yaml", "cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}}, nil
}
