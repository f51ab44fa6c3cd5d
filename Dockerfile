# docker build -t plumbline-api . && docker run --rm --init --user "$(id -u)" -v "$PWD:/work" plumbline-api run --target http://host.docker.internal:8080
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts
COPY . .
RUN npm run build && npm pack --ignore-scripts --silent && mkdir /package && tar -xzf plumbline-api-*.tgz -C /package --strip-components=1 \
  && cp package-lock.json /package/ && cd /package && npm ci --omit=dev --omit=peer --ignore-scripts

FROM node:22-slim
COPY --from=build /package /opt/plumbline
RUN ln -s /opt/plumbline/dist/cli/main.js /usr/local/bin/plumbline && chmod +x /opt/plumbline/dist/cli/main.js \
  && install -d -o node -g node /work
USER node
WORKDIR /work
ENTRYPOINT ["plumbline"]
