/** The ways to a credential. */
export const authKinds = ['token', 'basic', 'oauth2', 'iam', 'aksk', 'command', 'schemes'] as const

/** The ways to the credential of one security scheme. */
export const schemeKinds = ['token', 'basic', 'oauth2', 'command'] as const

/** The credential of one security scheme. Exactly one of the members. */
export interface SchemeAuth {
  /** A token that is sent as it is. */
  readonly token?: string
  /** A user with a password, for HTTP Basic. */
  readonly basic?: { readonly user: string; readonly password: string }
  /** OAuth 2.0 client credentials, exchanged for a token that is asked for again before it expires. */
  readonly oauth2?: {
    readonly clientId: string
    readonly clientSecret: string
    /** Where the token is to be had; default: as the document says. */
    readonly tokenUrl?: string
    /** Default: those that the document's operations ask for. */
    readonly scopes?: readonly string[]
  }
  /** A command whose standard output is a header, `Name: value`, or the bare token. It is run again after a 401. */
  readonly command?: string
}

/** A credential. Exactly one of the members; secrets come from the environment: `${NAME}`. */
export interface AuthConfig extends SchemeAuth {
  /** A token of an identity service, asked for with a password and asked for again before it expires. */
  readonly iam?: {
    /** Origin of the service; the token is asked for at `/v3/auth/tokens` below it. */
    readonly url: string
    readonly user: string
    readonly password: string
    /** Name of the account that the user belongs to. */
    readonly domain: string
    /** Name of the project for which the token is; none: for the whole account. */
    readonly project?: string
  }
  /** An access key: every request is signed (SDK-HMAC-SHA256), as its bytes are. */
  readonly aksk?: {
    readonly accessKey: string
    readonly secretKey: string
    /** Goes with temporary keys, as X-Security-Token. */
    readonly securityToken?: string
  }
  /** A credential for each security scheme of the document, by its name, where one is not enough. */
  readonly schemes?: Readonly<Record<string, SchemeAuth>>
}

/** How what a run creates is deleted again. */
export interface CleanupConfig {
  /**
   * What deletes it: the id of an operation of the document, or a method and a URL template such as
   * `DELETE /v2/meshes/{mesh_id}/workshops/{metadata.name}`. Names in braces are path parameters of the create, or members of its body
   * or, where the body lacks them, of its answer.
   */
  readonly delete: string
  /** What each path parameter of that operation is filled with, e.g. `workshop: metadata.name`; by default its own name. */
  readonly params?: Readonly<Record<string, string>>
  /**
   * What is asked until it is gone, where deleting takes its time: `GET` and a URL template, of the resource (gone: 404 or 410) or of a
   * list (gone: its name is not in the answer).
   */
  readonly gone?: string
  /**
   * Seconds until a delete that does not come to its end is given up.
   * @minimum 1
   */
  readonly wait?: number
  /** When: after each create, at the end of the run (default), or not at all. */
  readonly when?: 'each' | 'end' | 'none'
}

/** What a run is told by a config file. Each member means what the flag of its name does; a flag wins. */
export interface Profile {
  /** URL of the server, with its base path if it has one. */
  readonly target?: string
  /** OpenAPI 3.0 or 3.1 document; none: the bundled API. Files are found from the folder of the config file. */
  readonly spec?: string
  /** Fetch what `$ref`s of the document name by `http:` and `https:`. */
  readonly remoteRefs?: boolean
  /** Globs of the operations to test, by operationId or `METHOD /path`; PUT, PATCH and DELETE are sent only if chosen by these. */
  readonly operations?: readonly string[]
  readonly tags?: readonly string[]
  readonly methods?: readonly string[]
  /** OpenAPI overlays that pin members to what exists there, applied in order. */
  readonly overlays?: readonly string[]
  /** Values of path, query and header parameters. */
  readonly params?: Readonly<Record<string, string | number>>
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string | number>>
  readonly auth?: AuthConfig
  /** Accept any TLS certificate. */
  readonly insecure?: boolean
  /** PEM file of a certificate authority to trust. */
  readonly cacert?: string
  /** What every name that is created begins with, so that it tells whose it is. */
  readonly prefix?: string
  readonly cleanup?: CleanupConfig
  /**
   * Requests a second at most, clean-up and tokens too.
   * @exclusiveMinimum 0
   */
  readonly rate?: number
  /**
   * Resources that a run creates at most.
   * @minimum 1
   */
  readonly maxCreates?: number
  /**
   * Resources that a run creates at most in any 60 seconds.
   * @minimum 1
   */
  readonly createsPerMinute?: number
  readonly seed?: number
  /**
   * Requests at most, resends too. Default 3000.
   * @minimum 1
   */
  readonly maxRequests?: number
  /**
   * Seconds at most. Default 60.
   * @exclusiveMinimum 0
   */
  readonly maxTime?: number
  /**
   * Seconds until an answer counts as a hang. Default 10.
   * @exclusiveMinimum 0
   */
  readonly timeout?: number
  /**
   * Requests at the same time. Default 8.
   * @minimum 1
   */
  readonly concurrency?: number
  /** Globs of the rules to test, and to leave out. */
  readonly rules?: readonly string[]
  readonly skip?: readonly string[]
  /** Contested questions, decided otherwise than by default; `plumbline explain` lists them. */
  readonly settings?: Readonly<Record<string, string | number>>
  /**
   * Failing cases that end the plan.
   * @minimum 1
   */
  readonly maxFailures?: number
  /** Exit 0 if every finding is flaky. */
  readonly allowFlaky?: boolean
  /** File of known findings, which do not fail. */
  readonly baseline?: string
  /** Folder for the reports. */
  readonly out?: string
  /** Reports instead of html and json: FORMAT or FORMAT=FILE. */
  readonly reports?: readonly string[]
}

/** `plumbline.config.yaml`: what holds for all runs, and profiles that add to it. */
export interface Config extends Profile {
  readonly $schema?: string
  /** By name; `--profile NAME` chooses one. Its members replace those above it; params, headers and settings are merged by name. */
  readonly profiles?: Readonly<Record<string, Profile>>
}
