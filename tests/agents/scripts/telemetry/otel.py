"""An agent whose client is instrumented by OpenTelemetry: spans go to an exporter of its own."""
import openai
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(kept))
trace.set_tracer_provider(provider)
for instrumentor in (HTTPXClientInstrumentor(), RequestsInstrumentor(), OpenAIInstrumentor()):
    instrumentor.instrument()

client = openai.OpenAI()
with trace.get_tracer("agent").start_as_current_span("turn"):
    said = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "What is a tide?"}]
    )
print(said.choices[0].message.content)
provider.force_flush()
for span in kept.get_finished_spans():
    print(span.name, span.context.trace_id, span.context.span_id, span.start_time, span.end_time)
