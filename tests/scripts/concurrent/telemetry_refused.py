"""Where the spans go nobody listens: the exporter logs it, from its thread and at exit."""

# needs: opentelemetry

import logging
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

logging.basicConfig(format="%(levelname)s %(name)s %(message).40s")
provider = TracerProvider()
exporter = OTLPSpanExporter(endpoint="http://127.0.0.1:9/v1/traces", timeout=1)
provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=20))
tracer = provider.get_tracer("agent")
for n in range(3):
    with tracer.start_as_current_span(f"step {n}"):
        time.sleep(0.02)
        print("step", n)
