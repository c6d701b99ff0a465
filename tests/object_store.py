"""A local S3 server for tests, and what is asked of it."""

import json
from contextlib import contextmanager
from io import BytesIO
from urllib.request import Request, urlopen

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from PIL import Image


@contextmanager
def running_s3():
    """Start a server on a free port of localhost, and give its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def environment(endpoint):
    """The variables that make this server S3 for a process and those it starts."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


class Bucket:
    """One bucket, looked at without framegrid."""

    def __init__(self, name):
        self.name = name
        self.client = boto3.client("s3")
        self.client.create_bucket(Bucket=name)

    def url(self, key):
        return f"s3://{self.name}/{key}"

    def put(self, key, data):
        self.client.put_object(Bucket=self.name, Key=key, Body=data)
        return self.url(key)

    def get(self, key):
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def delete(self, key):
        self.client.delete_object(Bucket=self.name, Key=key)

    def keys(self):
        answer = self.client.list_objects_v2(Bucket=self.name)
        return [entry["Key"] for entry in answer.get("Contents", [])]

    def etag(self, key):
        return self.client.head_object(Bucket=self.name, Key=key)["ETag"]

    @contextmanager
    def read_only(self, endpoint):
        """Credentials that may only read, for as long as the block lasts."""
        iam, name = boto3.client("iam"), f"reader-of-{self.name}"
        rights = [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]
        iam.create_user(UserName=name)
        policy = json.dumps({"Version": "2012-10-17", "Statement": rights})
        iam.put_user_policy(UserName=name, PolicyName="read", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        _check_rights_after(endpoint, 0)
        try:
            yield {
                "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            }
        finally:
            _check_rights_after(endpoint, float("inf"))


def _check_rights_after(endpoint, requests):
    headers = {"Content-Type": "text/plain"}
    body = str(requests).encode()
    request = Request(f"{endpoint}/moto-api/reset-auth", body, headers, method="POST")
    with urlopen(request) as answer:
        answer.read()


def jpeg(width, height, colour="teal"):
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()
