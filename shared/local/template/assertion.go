package template

// readAssertions holds the values of parameters to the section Rules, as CloudFormation does before it makes anything: a rule whose
// RuleCondition is true, or that has none, asserts each of its Assertions.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func readAssertions(rules *section) {
	for _, name := range rules.keys() {
		rule := rules.sub(name)
		applies := !rule.has("RuleCondition") || rule.verdict("RuleCondition")
		assertions := rule.items("Assertions")
		if len(assertions) == 0 {
			rule.fail("Assertions is missing")
		}
		for _, assertion := range assertions {
			why := assertion.text("AssertDescription")
			if !assertion.verdict("Assert") && applies {
				assertion.fail("the parameters break this rule: %s", why)
			}
			assertion.end()
		}
		rule.end()
	}
}

// verdict takes a condition function's result.
func (s *section) verdict(name string) bool {
	value := s.take(name)
	holds, ok := value.(bool)
	if !ok {
		s.fail("%s: want a condition", name)
	}
	return holds
}
