# The proxy as an image: no shell, no package manager and no root needed to run it.
#
#   docker build -t sponsored-proxy .
#   docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges -p 8080:8080 \
#     -v ./rules:/rules:ro -v sponsored-proxy:/data -e SPONSORED_PROXY_UPSTREAM=https://search.example \
#     -v ./ads-key:/run/ads-key:ro -e SPONSORED_PROXY_ADS_KEY_FILE=/run/ads-key sponsored-proxy
#
# /data is the only place that is written to. The admin address stays inside the container (127.0.0.1:9090) unless
# SPONSORED_PROXY_ADMIN and SPONSORED_PROXY_ADMIN_TOKEN say otherwise.

FROM python:3.11-slim AS build
COPY requirements/run.lock /build/run.lock
# Everything by hash, nothing from source; pip itself does not come along.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
        -r /build/run.lock \
    && /venv/bin/pip uninstall --quiet --yes setuptools pip
COPY proxy /app/proxy
# Compiled here, since the file system of the running container cannot be written.
RUN /venv/bin/python -m compileall -q /app/proxy && mkdir /data /rules

FROM python:3.11-slim
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build /rules /rules
COPY --from=build --chown=65532:65532 /data /data
ENV PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SPONSORED_PROXY_LISTEN=0.0.0.0:8080 \
    SPONSORED_PROXY_RULES=/rules \
    SPONSORED_PROXY_DATA=/data
EXPOSE 8080
VOLUME ["/data"]
USER 65532:65532
WORKDIR /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/venv/bin/python", "-c", "import http.client; c = http.client.HTTPConnection('127.0.0.1', 9090, timeout=2); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["/venv/bin/python", "-P", "-m", "proxy"]
CMD ["serve"]
