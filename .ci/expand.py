"""Writes the CloudFormation template that SAM makes of template.yaml to standard output, offline.

cfn-lint loses some warnings as long as a template says Transform: AWS::Serverless (unused parameters, misspelt IAM
actions, needless Sub); on the expanded template it reports them. Run with the Python of the SAM CLI's venv.
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402  (knows the short forms !Ref, !Sub, ...)
from samtranslator.translator.transform import transform  # noqa: E402


class NoManagedPolicies:
    """The template names no managed policy: asking AWS for their ARNs would need an account."""

    def load(self):
        return {}


def main(path):
    with open(path, encoding="utf-8") as f:
        template = yaml_parse(f.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # as after sam package
    json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout, indent=1)


main(sys.argv[1])
