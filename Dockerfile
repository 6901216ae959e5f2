# A server for a class. Not built by us yet: read it before you rely on it. compose.yaml starts it.
FROM python:3.13-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /dist .

FROM python:3.13-slim
# The dependencies as locked: wheels that bring their libraries along, so that nothing is compiled here.
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt
COPY --from=wheel /dist/ /dist/
RUN pip install --no-cache-dir --no-deps /dist/*.whl \
 && useradd --create-home --uid 1000 fitscope \
 && install -d -o fitscope /srv/fitscope

USER fitscope
WORKDIR /srv/fitscope
# Datasets, imported pictures and runs: one volume, so that a new image forgets nothing.
ENV FITSCOPE_DATA=/srv/fitscope/data \
    FITSCOPE_RUNS=/srv/fitscope/runs \
    STREAMLIT_SERVER_HEADLESS=true
VOLUME /srv/fitscope
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD ["fitscope", "--address", "0.0.0.0", "--port", "8501"]
