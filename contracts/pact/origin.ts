import { spawnSync } from 'node:child_process'

/** Where a version comes from, as a broker is told. */
interface Origin {
  readonly version?: string
  readonly branch?: string
  readonly buildUrl?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** On a build server the commit is checked out by itself, so that git knows no branch; each of them names it in its own way. */
const branches = [
  'GITHUB_HEAD_REF',
  'GITHUB_REF_NAME',
  'CI_COMMIT_REF_NAME',
  'BUILDKITE_BRANCH',
  'CIRCLE_BRANCH',
  'BITBUCKET_BRANCH',
  'CHANGE_BRANCH',
  'BRANCH_NAME',
] as const

const builds = ['CI_JOB_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL', 'BUILD_URL'] as const

/** The commit, the branch and the build, from git and from what build servers set; what cannot be told is left out. */
export function detectOrigin(environment: Environment = process.env, folder = process.cwd()): Origin {
  const first = (names: readonly string[]) => names.map((name) => environment[name]).find((value) => value)
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment
  const version = git(folder, 'rev-parse', 'HEAD')
  const branch = git(folder, 'branch', '--show-current') ?? first(branches)
  const buildUrl =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : first(builds)
  return { ...(version ? { version } : {}), ...(branch ? { branch } : {}), ...(buildUrl ? { buildUrl } : {}) }
}

function git(folder: string, ...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', [...words], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout.trim() || undefined : undefined
}
