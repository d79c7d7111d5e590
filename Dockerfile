# Lifeboat with the programs and servers of every PostgreSQL that it supports.
# Tags name exact versions. A release also pins what a tag means at that moment, by digest:
#   docker build --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:… .
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --ignore-scripts
COPY . .
# The image's own Node.js replaces the packaged ones.
RUN rm -rf node_modules/node-* \
 && node scripts/mend-packages.mjs \
 && npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf .next/cache node_modules/node-*

FROM ${NODE_IMAGE}
# Debian's postgresql-common brings the key and the script of PostgreSQL's own repository; no cluster is made at installation.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates postgresql-common procps tini zstd \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/lifeboat.conf \
 && apt-get install -y --no-install-recommends postgresql-14 postgresql-15 postgresql-16 postgresql-17 postgresql-18 \
 && rm -rf /var/lib/apt/lists/*
# The second account is for sandboxes, so that what is restored there cannot read Lifeboat's files.
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin lifeboat \
 && useradd --system --uid 10002 --user-group --no-create-home --shell /usr/sbin/nologin lifeboat-sandbox \
 && install --directory --owner=lifeboat --group=lifeboat --mode=0700 /var/lib/lifeboat /backups
WORKDIR /app
COPY --from=build /app ./
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    HOST=0.0.0.0 \
    LIFEBOAT_DATA_DIR=/var/lib/lifeboat \
    BACKUP_DIR=/backups
USER lifeboat
EXPOSE 3210
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "scripts/check-health.mjs"]
# tini passes signals on and reaps what outlives its parent; everything runs, or one part with --only=web or --only=worker.
ENTRYPOINT ["tini", "--", "node", "--disable-warning=ExperimentalWarning", "lib/supervisor/main.ts"]
