package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"mailbind/shared/local/lambda"
	"mailbind/shared/local/template"
)

// invocation is Lambda's Invoke, so that `aws lambda invoke --endpoint-url` works. The function goes by its folder's name, its
// FunctionName or its ARN; a qualifier is let pass, as there is one version.
func (s *stack) invocation(w http.ResponseWriter, r *http.Request) {
	function, ok := s.find(r.PathValue("name"))
	if !ok {
		lambdaError(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+r.PathValue("name"))
		return
	}
	pool := s.pools[function.ID]
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
	if err != nil {
		lambdaError(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "Request must be smaller than 6291456 bytes")
		return
	}
	if len(event) == 0 {
		event = []byte("{}")
	}
	if !json.Valid(event) {
		lambdaError(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		s.invokeAndWait(w, r, pool, event)
	case "Event":
		go s.invokeLater(function, event)
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		lambdaError(w, http.StatusBadRequest, "InvalidParameterValueException", "there is no invocation type "+kind)
	}
}

// find takes a function's name in every form that Lambda takes; false: there is none.
func (s *stack) find(name string) (template.Function, bool) {
	if _, rest, isARN := strings.Cut(name, ":function:"); isARN {
		name = rest
	}
	name, _, _ = strings.Cut(name, ":")
	for _, function := range s.product.Functions {
		if name == function.Name || name == function.FullName {
			return function, true
		}
	}
	return template.Function{}, false
}

func (s *stack) invokeAndWait(w http.ResponseWriter, r *http.Request, pool *lambda.Pool, event []byte) {
	result, err := pool.Invoke(r.Context(), event)
	if err != nil {
		lambdaError(w, http.StatusInternalServerError, "ServiceException", err.Error())
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Amz-Executed-Version", "$LATEST")
	if result.FunctionError != "" {
		header.Set("X-Amz-Function-Error", result.FunctionError)
	}
	w.Write(result.Payload)
}

// invokeLater tries as often as Lambda does with events that it took, but without its minutes of pause.
func (s *stack) invokeLater(function template.Function, event []byte) {
	for attempt := 1; ; attempt++ {
		err := invoke(context.Background(), s.pools[function.ID], event)
		if err == nil || errors.Is(err, lambda.ErrClosed) {
			return
		}
		if attempt > function.Retries {
			fmt.Fprintf(s.words, "%s failed %d times, the event is given up: %v\n", function.Name, attempt, err)
			return
		}
		time.Sleep(time.Second)
	}
}

// lambdaError is an error in the form of AWS's rest-json protocol.
func lambdaError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", kind)
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"Type": "User", "Message": message})
}
