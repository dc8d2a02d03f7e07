package template

import (
	"path/filepath"
	"strings"
	"time"
)

func (p *Product) readFunction(s *section, id string, globals map[string]any) {
	merged, _ := merge(map[string]any(globals), map[string]any(s.values)).(map[string]any)
	s.values = merged
	// The alias is what callers reach on AWS; here there is one version. Where and how logs are kept has no effect but for
	// their format, which the function's own log handler reads.
	s.aside("Description", "Architectures", "AutoPublishAlias", "AutoPublishAliasAllProperties", "Tags", "Tracing",
		"KmsKeyArn", "DeploymentPreference", "RecursiveLoop", "FunctionName")
	name, err := s.resolver.name(s.resolver.resources[id])
	if err != nil {
		s.fail("%v", err)
	}
	code := strings.TrimSuffix(s.required("CodeUri"), "/")
	function := Function{
		ID: id, Name: filepath.Base(code), FullName: name, ARN: arn("lambda", "function:"+name), Source: filepath.Join(p.sourceFolder, code),
		Handler: s.required("Handler"), Role: p.role(s, id), Environment: map[string]string{},
		Timeout:     time.Duration(s.number("Timeout", 3, 1, 900)) * time.Second,
		Memory:      s.number("MemorySize", 128, 128, 10240),
		Concurrency: s.number("ReservedConcurrentExecutions", -1, 1, 1000),
	}
	if runtime := s.required("Runtime"); runtime != "provided.al2023" || function.Handler != "bootstrap" {
		s.fail("Runtime and Handler: want provided.al2023 and bootstrap, not %s and %s", runtime, function.Handler)
	}
	if metadata, _ := s.resolver.resources[id].section.values["Metadata"].(map[string]any); text(metadata["BuildMethod"]) != "go1.x" {
		s.fail("Metadata.BuildMethod: want go1.x")
	}
	function.Retries = readRetries(s.sub("EventInvokeConfig"), function.Role)
	logging := s.sub("LoggingConfig")
	logging.aside("LogGroup", "SystemLogLevel")
	function.LogFormat, function.LogLevel = logging.text("LogFormat"), logging.text("ApplicationLogLevel")
	logging.end()
	environment := s.sub("Environment")
	variables := environment.sub("Variables")
	for _, key := range variables.keys() {
		if value := variables.take(key); value != nil { // AWS::NoValue: no variable at all
			function.Environment[key] = text(value)
		}
	}
	environment.end()
	p.Functions = append(p.Functions, function)
	p.functionsByARN[function.ARN] = id
	p.readEvents(s.sub("Events"), function)
}

// readRetries reads what becomes of an asynchronous invocation. Retries come at once here, so that none grows old; what reaches the queue
// is written to standard error.
func readRetries(s *section, role Role) int {
	s.aside("MaximumEventAgeInSeconds")
	retries := s.number("MaximumRetryAttempts", 2, 0, 2)
	checkSender(s, role, readDestination(s))
	s.end()
	return retries
}

func (p *Product) readEvents(events *section, function Function) {
	for _, name := range events.keys() {
		event := events.sub(name)
		properties := event.sub("Properties")
		switch kind := event.required("Type"); kind {
		case "HttpApi":
			p.readRoute(properties, function.ID)
		case "DynamoDB":
			p.readStream(properties, function, name)
		case "EventBridgeRule":
			p.readRuleEvent(properties, function.ID, name)
		default:
			event.fail("the event type %s is not understood by the local stack", kind)
			continue
		}
		properties.end()
		event.end()
	}
}

func (p *Product) readStream(s *section, function Function, name string) {
	stream := Stream{
		Name: function.ID + "." + name, Function: function.ID, StartingPosition: s.required("StartingPosition"),
		BatchSize: s.number("BatchSize", 100, 1, 10000), Parallel: s.number("ParallelizationFactor", 1, 1, 10),
		Window:     time.Duration(s.number("MaximumBatchingWindowInSeconds", 0, 0, 300)) * time.Second,
		MaxRetries: s.number("MaximumRetryAttempts", -1, -1, 10000),
		MaxAge:     time.Duration(s.number("MaximumRecordAgeInSeconds", -1, -1, 604800)) * time.Second,
		Bisect:     s.truth("BisectBatchOnFunctionError"),
	}
	if stream.MaxAge < 0 {
		stream.MaxAge = -1
	}
	if stream.StartingPosition != "TRIM_HORIZON" && stream.StartingPosition != "LATEST" {
		s.fail("StartingPosition: %q is neither TRIM_HORIZON nor LATEST", stream.StartingPosition)
	}
	if stream.BatchSize > 10 && stream.Window < time.Second {
		s.fail("BatchSize: above 10 it needs a MaximumBatchingWindowInSeconds of at least 1")
	}
	if s.has("Enabled") && !s.truth("Enabled") {
		s.fail("Enabled: a mapping that is switched off is not understood by the local stack")
	}
	s.aside("Enabled", "MetricsConfig")
	for _, kind := range texts(s.list("FunctionResponseTypes")) {
		if kind != "ReportBatchItemFailures" {
			s.fail("FunctionResponseTypes: %q is not understood", kind)
		}
		stream.ItemFailures = true
	}
	criteria := s.sub("FilterCriteria")
	for _, filter := range criteria.items("Filters") {
		stream.Filters = append(stream.Filters, filter.required("Pattern"))
		filter.end()
	}
	criteria.end()
	source := s.required("Stream")
	for _, table := range p.Tables {
		if table.StreamARN == source {
			stream.Table = table.ID
		}
	}
	if stream.Table == "" {
		s.fail("Stream: %s is not the stream of a table of this template", source)
	}
	checkReader(s, function.Role, source, readDestination(s))
	p.Streams = append(p.Streams, stream)
}
