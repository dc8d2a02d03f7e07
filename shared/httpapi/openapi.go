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

// Description is GET and HEAD /openapi.yaml.
func Description(context.Context, *Request) (Response, error) {
	return Response{StatusCode: http.StatusOK, Body: openapi, Headers: headers("application/yaml", "public, max-age=300")}, nil
}
