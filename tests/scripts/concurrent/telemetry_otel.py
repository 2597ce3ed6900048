"""Spans are sent by a thread of the tracer's while the agent works."""

# needs: server
# needs: opentelemetry

import os
import threading
import time

import httpx
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

URL = os.environ["HTTP_BASE_URL"]
provider = TracerProvider()
exporter = OTLPSpanExporter(endpoint=f"{URL}/post")
provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=20))
tracer = provider.get_tracer("agent")


def ask(name):
    with tracer.start_as_current_span(name) as span:
        answer = httpx.get(f"{URL}/echo", params={"name": name})
        span.set_attribute("serial", answer.json()["serial"])
        time.sleep(0.02)
        print(name, answer.json()["serial"])


threads = [threading.Thread(target=ask, args=(f"ask {n}",)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tracer.start_as_current_span("last") as span:
    time.sleep(0.05)
    print(format(span.get_span_context().trace_id, "x") != "0")
provider.shutdown()
