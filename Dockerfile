# A static binary in an image of nothing else but certificates, run without root.
#
#   docker build -t policygraph .
#   docker run --rm -p 127.0.0.1:8080:8080 -v policygraph:/data policygraph

FROM golang:1.26-bookworm AS build
WORKDIR /src
ENV CGO_ENABLED=0
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -ldflags="-s -w" -o bin/policygraph ./cmd/policygraph
RUN mkdir -p bin/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/bin/policygraph /usr/local/bin/policygraph
COPY --from=build --chown=65532:65532 /src/bin/data /data
ENV PATH=/usr/local/bin POLICYGRAPH_ADDR=:8080 POLICYGRAPH_DATA=/data POLICYGRAPH_LOG_FORMAT=json
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/usr/local/bin/policygraph", "ready"]
ENTRYPOINT ["/usr/local/bin/policygraph"]
CMD ["serve"]
