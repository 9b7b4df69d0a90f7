"""What the Python SDKs of OpenAI and Anthropic meet at a server, unmodified but for their base URL.

Reads TARGET (JSON: baseUrl, apiKey, model, embeddingModel, listed, and maybe wrongKey and refused) and writes a line of
JSON for each case: its name, and what went wrong, or null.
"""
import asyncio
import json
import os
import sys
import traceback

import anthropic
import openai
from pydantic import BaseModel

TARGET = json.loads(os.environ["TARGET"])
MODEL = TARGET["model"]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CASES = []


def case(name):
    def add(run):
        CASES.append((name, run))
        return run

    return add


class Weather(BaseModel):
    city: str
    days: int


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
}
OPENAI_TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}},
    {"type": "function", "function": {"name": "read_clock", "parameters": {"type": "object", "properties": {}}}},
]
ANTHROPIC_TOOLS = [
    {"name": "get_weather", "input_schema": SCHEMA},
    {"name": "read_clock", "input_schema": {"type": "object", "properties": {}}},
]


def openai_client(**options):
    given = {"base_url": TARGET["baseUrl"] + "/v1", "api_key": TARGET["apiKey"], "max_retries": 0, "timeout": 20}
    return openai.OpenAI(**{**given, **options})


def anthropic_client(**options):
    given = {"base_url": TARGET["baseUrl"], "api_key": TARGET["apiKey"], "max_retries": 0, "timeout": 20}
    return anthropic.Anthropic(**{**given, **options})


def says(content):
    return [{"role": "user", "content": content}]


def raised(kind, run):
    try:
        run()
    except kind as failure:
        return failure
    raise AssertionError(f"nothing of {kind.__name__} was raised")


def check_headers(headers):
    assert len(headers["x-turnpike-decision-id"]) == 36, dict(headers)
    assert "/" in headers["x-turnpike-target"]
    assert int(headers["x-turnpike-attempts"]) >= 1


@case("openai: chats")
def _():
    raw = openai_client().chat.completions.with_raw_response.create(model=MODEL, messages=says("Say hello"))
    check_headers(raw.headers)
    completion = raw.parse()
    assert "Say hello" in completion.choices[0].message.content
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion._request_id == raw.headers["x-turnpike-decision-id"]


@case("openai: streams a chat, its usage too")
def _():
    stream = openai_client().chat.completions.create(
        model=MODEL, messages=says("Count to five, slowly"), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "Count to five, slowly" in text
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    assert chunks[-1].usage.completion_tokens > 0


@case("openai: streams a chat without blocking")
def _():
    async def run():
        async with openai.AsyncOpenAI(base_url=TARGET["baseUrl"] + "/v1", api_key=TARGET["apiKey"]) as client:
            stream = await client.chat.completions.create(model=MODEL, messages=says("Say hello"), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert "Say hello" in asyncio.run(run())


@case("openai: is asked for several tools at once")
def _():
    completion = openai_client().chat.completions.create(model=MODEL, messages=says("Weather and clock?"), tools=OPENAI_TOOLS)
    calls = completion.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "read_clock"]
    assert isinstance(json.loads(calls[0].function.arguments)["city"], str)
    assert completion.choices[0].finish_reason == "tool_calls"


@case("openai: streams tools")
def _():
    with openai_client().chat.completions.stream(model=MODEL, messages=says("The weather?"), tools=OPENAI_TOOLS) as stream:
        for _event in stream:
            pass
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather"]
    json.loads(calls[0].function.arguments)


@case("openai: has answers that fit a model of pydantic")
def _():
    completion = openai_client().chat.completions.parse(model=MODEL, messages=says("The weather?"), response_format=Weather)
    assert isinstance(completion.choices[0].message.parsed, Weather)


@case("openai: shows images")
def _():
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}},
    ]
    assert openai_client().chat.completions.create(model=MODEL, messages=says(parts)).choices[0].message.content


@case("openai: has responses")
def _():
    response = openai_client().responses.create(model=MODEL, input="Say hello")
    assert "Say hello" in response.output_text and response.status == "completed"
    parsed = openai_client().responses.parse(model=MODEL, input="The weather?", text_format=Weather)
    assert isinstance(parsed.output_parsed, Weather)


@case("openai: streams responses")
def _():
    with openai_client().responses.stream(model=MODEL, input="Count to five, slowly") as stream:
        kinds = [event.type for event in stream]
        assert "Count to five, slowly" in stream.get_final_response().output_text
    assert kinds[0] == "response.created" and kinds[-1] == "response.completed"


@case("openai: sees a streamed response that breaks as an error, and no end of it")
def _():
    seen = []

    def run():
        asked = "Count to five, slowly [simulate cut_after=3]"
        for event in openai_client().responses.create(model=MODEL, input=asked, stream=True):
            seen.append(event.type)
            if event.type == "error":
                raise openai.APIError("told as an event", request=None, body=None)

    raised(openai.APIError, run)
    assert "response.output_text.delta" in seen and "response.completed" not in seen


@case("openai: has vectors, as numbers and packed")
def _():
    asked = {"model": TARGET["embeddingModel"], "input": ["one", "two"]}
    packed = openai_client().embeddings.create(**asked)
    plain = openai_client().embeddings.create(**asked, encoding_format="float")
    assert len(plain.data) == 2
    for one, other in zip(packed.data, plain.data):
        assert all(abs(a - b) < 1e-6 for a, b in zip(one.embedding, other.embedding, strict=True))


@case("openai: lists models")
def _():
    client = openai_client()
    assert TARGET["listed"] in [model.id for model in client.models.list()]
    assert client.models.retrieve(TARGET["listed"]).id == TARGET["listed"]
    raised(openai.NotFoundError, lambda: client.models.retrieve("nobody/knows-it"))


@case("openai: raises BadRequestError with the field at fault")
def _():
    failure = raised(
        openai.BadRequestError,
        lambda: openai_client().chat.completions.create(model=MODEL, messages=says("a"), temperature=9),
    )
    assert failure.param == "temperature", failure.param


for _fail, _kind, _status, _code in [
    ("rate_limited retry_after_ms=1500", openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("unavailable", openai.InternalServerError, 502, "upstream_unavailable"),
    ("context_length", openai.BadRequestError, 400, "context_length_exceeded"),
]:

    @case(f"openai: raises {_kind.__name__} when every target fails with {_fail}")
    def _(fail=_fail, kind=_kind, status=_status, code=_code):
        messages = says(f"[simulate fail={fail}]")
        failure = raised(kind, lambda: openai_client().chat.completions.create(model=MODEL, messages=messages))
        assert failure.status_code == status and failure.code == code, (failure.status_code, failure.code)
        assert len(failure.request_id) == 36


@case("openai: sees a stream that breaks as an error, and no end of it")
def _():
    seen = []

    def run():
        messages = says("Count to five, slowly [simulate cut_after=3]")
        for chunk in openai_client().chat.completions.create(model=MODEL, messages=messages, stream=True):
            seen.append(chunk)

    raised(openai.APIError, run)
    assert seen and not any(chunk.choices and chunk.choices[0].finish_reason for chunk in seen)


@case("anthropic: sends a message")
def _():
    raw = anthropic_client().messages.with_raw_response.create(model=MODEL, max_tokens=500, messages=says("Say hello"))
    check_headers(raw.headers)
    message = raw.parse()
    assert "Say hello" in message.content[0].text
    assert message.stop_reason == "end_turn" and message.usage.output_tokens > 0
    assert message._request_id == raw.headers["x-turnpike-decision-id"]


@case("anthropic: streams a message")
def _():
    with anthropic_client().messages.stream(model=MODEL, max_tokens=500, messages=says("Count to five, slowly")) as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()
    assert "Count to five, slowly" in "".join(pieces) and len(pieces) > 2
    assert message.stop_reason == "end_turn" and message.usage.output_tokens > 0


@case("anthropic: streams a message without blocking")
def _():
    async def run():
        async with anthropic.AsyncAnthropic(base_url=TARGET["baseUrl"], api_key=TARGET["apiKey"]) as client:
            async with client.messages.stream(model=MODEL, max_tokens=500, messages=says("Say hello")) as stream:
                return "".join([piece async for piece in stream.text_stream])

    assert "Say hello" in asyncio.run(run())


@case("anthropic: is asked for several tools, and tells their results")
def _():
    client = anthropic_client()
    question = says("Weather and clock?")
    asked = {"model": MODEL, "max_tokens": 500, "tools": ANTHROPIC_TOOLS}
    first = client.messages.create(**asked, messages=question)
    calls = [block for block in first.content if block.type == "tool_use"]
    assert [call.name for call in calls] == ["get_weather", "read_clock"] and first.stop_reason == "tool_use"
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "fine"} for call in calls]
    turns = question + [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    assert "2 tool results" in client.messages.create(**asked, messages=turns).content[0].text


@case("anthropic: counts tokens")
def _():
    client = anthropic_client()
    short = client.messages.count_tokens(model=MODEL, messages=says("Say hello"))
    long = client.messages.count_tokens(model=MODEL, messages=says("Say hello " * 50), tools=ANTHROPIC_TOOLS)
    assert 0 < short.input_tokens < long.input_tokens


@case("anthropic: lists models")
def _():
    client = anthropic_client()
    assert TARGET["listed"] in [model.id for model in client.models.list()]
    assert client.models.retrieve(TARGET["listed"]).id == TARGET["listed"]
    raised(anthropic.NotFoundError, lambda: client.models.retrieve("nobody/knows-it"))


for _fail, _kind, _status in [
    ("rate_limited retry_after_ms=1500", anthropic.RateLimitError, 429),
    ("unavailable", anthropic.InternalServerError, 502),
    ("context_length", anthropic.BadRequestError, 400),
]:

    @case(f"anthropic: raises {_kind.__name__} when every target fails with {_fail}")
    def _(fail=_fail, kind=_kind, status=_status):
        asked = {"model": MODEL, "max_tokens": 500, "messages": says(f"[simulate fail={fail}]")}
        failure = raised(kind, lambda: anthropic_client().messages.create(**asked))
        assert failure.status_code == status
        assert len(failure.request_id) == 36


@case("anthropic: raises BadRequestError with the field at fault")
def _():
    failure = raised(
        anthropic.BadRequestError,
        lambda: anthropic_client().messages.create(
            model=MODEL, max_tokens=5, messages=says("a"), extra_body={"temperature": 9}
        ),
    )
    assert failure.body["error"]["details"]["param"] == "temperature", failure.body


@case("anthropic: sees a stream that breaks as an error, and no end of it")
def _():
    seen = []

    def run():
        messages = says("Count to five, slowly [simulate cut_after=3]")
        for event in anthropic_client().messages.create(model=MODEL, max_tokens=500, messages=messages, stream=True):
            seen.append(event.type)

    raised(anthropic.APIError, run)
    assert "content_block_delta" in seen and "message_stop" not in seen


if "wrongKey" in TARGET:

    @case("both: raise AuthenticationError for a key that nobody knows")
    def _():
        key = TARGET["wrongKey"]
        raised(
            openai.AuthenticationError,
            lambda: openai_client(api_key=key).chat.completions.create(model=MODEL, messages=says("a")),
        )
        raised(
            anthropic.AuthenticationError,
            lambda: anthropic_client(api_key=key).messages.create(model=MODEL, max_tokens=5, messages=says("a")),
        )


for _name, _status in [("denied", 403), ("spent", 402), ("throttled", 429)] if "refused" in TARGET else []:

    @case(f"both: raise an error of status {_status} for what is {_name}")
    def _(model=TARGET["refused"][_name], status=_status):
        asked = {"model": model, "messages": says("a")}
        one = raised(openai.APIStatusError, lambda: openai_client().chat.completions.create(**asked))
        other = raised(anthropic.APIStatusError, lambda: anthropic_client().messages.create(**asked, max_tokens=5))
        kinds = {403: "PermissionDeniedError", 429: "RateLimitError"}
        for failure in (one, other):
            assert failure.status_code == status
            assert type(failure).__name__ == kinds.get(status, type(failure).__name__), type(failure).__name__
            assert failure.response.headers["x-turnpike-rule"]


for name, run in CASES:
    try:
        run()
        fault = None
    except BaseException:
        fault = traceback.format_exc(limit=3)
    print(json.dumps({"name": name, "fault": fault}), flush=True)
sys.exit(0)
