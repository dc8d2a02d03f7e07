package template

import "time"

// readRuleEvent reads SAM's short form of a rule with one function.
func (p *Product) readRuleEvent(s *section, function, name string) {
	p.readDefaultBus(s)
	s.aside("RuleName", "DeadLetterConfig", "Target") // Target names the target, which nobody here asks for
	rule := Rule{Name: function + "." + name, Pattern: p.takePattern(s, "Pattern")}
	rule.Targets = []Target{readTarget(s, function)}
	p.Rules = append(p.Rules, rule)
}

// readRule reads a rule as CloudFormation has it.
func (p *Product) readRule(s *section, id string) {
	p.readDefaultBus(s)
	s.aside("Name", "Description", "RoleArn")
	rule := Rule{Name: id, Pattern: p.takePattern(s, "EventPattern")}
	for _, item := range s.items("Targets") {
		item.aside("Id", "DeadLetterConfig")
		arn := item.required("Arn")
		function, ok := p.functionsByARN[arn]
		if !ok {
			item.fail("Arn: %s is no function of this template", arn)
		}
		rule.Targets = append(rule.Targets, readTarget(item, function))
		item.end()
	}
	p.Rules = append(p.Rules, rule)
}

func (p *Product) readDefaultBus(s *section) {
	if bus := s.text("EventBusName"); bus != "" && bus != "default" {
		s.fail("EventBusName: only the default bus is understood by the local stack, not %s", bus)
	}
	if state := s.text("State"); state != "" && state != "ENABLED" {
		s.fail("State: a rule that is switched off is not understood by the local stack")
	}
}

func (p *Product) takePattern(s *section, name string) map[string]any {
	pattern, ok := s.take(name).(map[string]any)
	if !ok {
		s.fail("%s: want a mapping", name)
	}
	return pattern
}

func readTarget(s *section, function string) Target {
	target := Target{Function: function}
	transformer := s.sub("InputTransformer")
	if s.has("InputTransformer") {
		target.Paths = map[string]string{}
		paths := transformer.sub("InputPathsMap")
		for _, key := range paths.keys() {
			target.Paths[key] = paths.text(key)
		}
		target.Template = transformer.required("InputTemplate")
	}
	transformer.end()
	retry := s.sub("RetryPolicy")
	target.MaxRetries = retry.number("MaximumRetryAttempts", 185, 0, 185)
	target.MaxAge = time.Duration(retry.number("MaximumEventAgeInSeconds", 86400, 60, 86400)) * time.Second
	retry.end()
	return target
}
