import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { UsageError } from '../../core/errors'
import { configNames } from './load'

/**
 * Writes a config file with comments.
 * @throws UsageError if there is one already
 */
export async function initCommand(): Promise<void> {
  const there = configNames.find((name) => existsSync(name))
  if (there !== undefined) throw new UsageError('is there already; it is left as it is', there)
  const [file] = configNames
  try {
    await writeFile(file, template, { flag: 'wx' })
  } catch (error) {
    throw new UsageError(`cannot be written: ${(error as Error).message}`, file)
  }
  process.stdout.write(`${file} written. Fill in the profile "staging", then try: plumbline doctor --profile staging\n`)
}

const template = `# yaml-language-server: $schema=./node_modules/plumbline-api/cli/config/config.schema.json
#
# What holds for all runs stands here, what holds for one environment under its profile. A flag on the command line wins.
# \${NAME} is taken from the environment, \${NAME:-default} too; files are found from the folder of this file.

# spec: openapi.yaml              # none: the bundled API
out: plumbline-report
timeout: 10                       # seconds until an answer counts as a hang

profiles:
  local:
    target: http://localhost:8080

  staging:
    target: \${PLUMBLINE_TARGET:-https://staging.example.com}
    params:
      mesh_id: \${PLUMBLINE_MESH:-00000000-0000-0000-0000-000000000000}

    # Pins members to what exists there: cluster, load balancer, free ports, image.
    # overlays: [staging.overlay.yaml]

    # The credential, one of: token, iam, aksk, command. Nothing secret belongs into this file.
    auth:
      token: \${PLUMBLINE_TOKEN}
      # iam:
      #   url: https://iam.example.com
      #   domain: my-account
      #   user: ci
      #   password: \${IAM_PASSWORD}
      #   project: my-project
      # aksk:
      #   accessKey: \${ACCESS_KEY}
      #   secretKey: \${SECRET_KEY}
      # command: ./print-token.sh

    # A good guest: requests a second, resources in all and a minute.
    rate: 10
    maxRequests: 1500
    maxTime: 1800
    maxCreates: 200
    createsPerMinute: 30

    # Every created name begins with this, and everything created is deleted again.
    prefix: plumb-
    cleanup:
      delete: DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}
      # gone: GET /v2/meshes/{mesh_id}/workshops      # asked until the name is no longer there
      when: each                  # each, end or none
`
