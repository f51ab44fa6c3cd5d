/** What an answer must not show of the inside of a server. */
type Internal = 'stack-trace' | 'file-path' | 'sql'

interface Pattern {
  readonly kind: Internal
  readonly expression: RegExp
}

const stack = (expression: RegExp): Pattern => ({ kind: 'stack-trace', expression })
const path = (expression: RegExp): Pattern => ({ kind: 'file-path', expression })
const sql = (expression: RegExp): Pattern => ({ kind: 'sql', expression })

/** File name endings of source code and of what servers keep beside it. */
const source = 'js|cjs|mjs|ts|jsx|tsx|py|pyc|go|rb|php|java|kt|scala|class|jar|war|cs|dll|rs|c|cc|cpp|h|so|ex|exs|erl|pl|lua'
const ending = `${source}|conf|cfg|ini|ya?ml|toml|json|xml|properties|env|log|sock|pem|key|crt|db|sqlite3?|sql|sh`

/** A file with one of these endings below one of these directories of the root. */
const rooted = (directories: string, endings: string): RegExp =>
  new RegExp(`(?:^|[\\s"'\`(<[=:,>])(?:file://)?/(?:${directories})/(?:[\\w.@+-]{1,80}/){0,20}[\\w.@+-]{1,80}\\.(?:${endings})\\b`)

/** A relative file with one of these endings, and a line in it. */
const withLine = (endings: string, line: string): RegExp =>
  new RegExp(`(?:^|[\\s"'\`(<[=:,>])(?:\\.{0,2}/)?(?:[\\w.@+-]{1,80}/){1,20}[\\w.@+-]{1,80}\\.(?:${endings}):${line}\\b`)

/**
 * Only shapes that plain words, URLs and image names do not take. A path needs a root of a file system before it, or a source file with a line number;
 * SQL needs its structure, or a message that only a database gives. Each is linear in the text.
 */
const patterns: readonly Pattern[] = [
  // JavaScript: `at f (/app/x.js:1:2)`, `at node:internal/…:1:2`, `at JSON.parse (<anonymous>)`
  stack(/\bat (?:async )?(?:[\w$.<>[\] ]{1,120} )?\(?(?:file:\/\/|node:|webpack|\/|[A-Za-z]:\\)[^\s()"']{1,300}:\d+:\d+\)?/),
  stack(/\bat (?:async )?(?:new )?[\w$.]{1,100}(?: \[as [\w$]+\])? \((?:<anonymous>|native|internal\/[\w/.-]+:\d+:\d+)\)/),
  // Java and its kin, .NET. The name of an error alone is no trace of it, but for those that nobody raises on purpose.
  stack(/\bat [\w$./@-]{1,200}\.[\w$<>]{1,100}\((?:[\w$-]{1,100}\.(?:java|kt|scala|groovy)(?::\d+)?|Native Method|Unknown Source)\)/),
  stack(
    /\b(?:java|javax|jakarta|kotlin|scala|org|com|io|net)\.(?:[a-z_]\w{0,60}\.){1,12}(?:\w{0,60}SQL\w{0,60}|NullPointer|ClassCast|\w{0,20}IndexOutOfBounds|Arithmetic|ConcurrentModification|UndeclaredThrowable|BeanCreation)Exception\b/,
  ),
  stack(/\bException in thread "[^"\n]{1,100}"/),
  stack(/\bat [\w.`<>[\],]{1,200}\([^()\n]{0,200}\) in [^\n]{1,200}:line \d+/),
  stack(/\bSystem\.(?:[A-Z]\w{0,60}\.){0,6}(?:NullReference|InvalidCast|IndexOutOfRange|\w{0,20}Sql)Exception\b/),
  // Python, Go, PHP, Ruby, Rust, Erlang
  stack(/Traceback \(most recent call last\)/),
  stack(/\bFile "[^"\n]{1,200}", line \d+, in /),
  stack(/\bgoroutine \d+ \[[a-z ,0-9]{1,60}\]/),
  stack(/\bpanic: runtime error: /),
  stack(/\.go:\d+ \+0x[0-9a-f]+/),
  stack(/\bPHP (?:Fatal error|Parse error|Warning|Notice|Deprecated): /),
  stack(/(?:^|[\s>"'])#\d+ [^\s:]{1,200}\.php\(\d+\): /),
  stack(/\bin (?:<b>)?\/?[^\s<>"']{1,200}\.php(?:<\/b>)? on line (?:<b>)?\d+/),
  stack(/\.rb:\d+:in [`'][^'\n]{1,100}'/),
  stack(/thread '[^'\n]{1,60}' panicked at /),
  stack(/\bCallStack \(from HasCallStack\)/),
  // Source files with a line number, whatever stands before; `node.js:18` is an image, so that a column is asked for there.
  path(withLine('py|go|rb|php|java|kt|scala|cs|rs|cc|cpp|ex|exs|erl|pl|lua|hs|swift|clj|fs|dart', '\\d+')),
  path(withLine('js|cjs|mjs|ts|jsx|tsx|c|h', '\\d+:\\d+')),
  path(
    /(?:^|[\s"'`(<[=:,>])(?:file:\/\/)?\/(?:home\/[\w.-]{1,60}|Users\/[\w.-]{1,60}|usr\/(?:local|lib|lib64|share|src|bin|sbin)|var\/(?:www|log|lib|run|task|tmp|opt|app|cache)|opt\/[\w.-]{1,60}|srv\/[\w.-]{1,60}|private\/(?:var|tmp)|proc\/(?:self|\d{1,7}))\/[\w.@+-]{1,200}/,
  ),
  path(rooted('app|etc|root|tmp|mnt|usr|var|opt|srv', ending)),
  path(rooted('data|code|workspace|go|build|src|server|service|dist', source)),
  path(/(?:^|[\s"'`(<[=:,>])\/etc\/(?:passwd|shadow|hosts|group|ssl|nginx|ssh)\b/),
  path(/\/node_modules\/(?:@[\w.-]{1,60}\/)?[\w.-]{1,60}\//),
  path(/(?:^|[\s"'`(<[=:,>])[A-Za-z]:\\+(?:Users|Windows|inetpub|Program Files|ProgramData|[\w.-]{1,60}\\+[\w.-]{1,60})\\+[\w.-]{1,200}/),
  // SQL and the messages of databases
  sql(/\bSELECT\s[^;\n]{1,300}?\sFROM\s+[\w"'`[.]{1,100}/),
  sql(/\bselect\s+(?:\*|["`[]\w{1,60}["`\]]|\w{1,60}\.["`\w]{1,60})[^;\n]{0,300}?\sfrom\s+[\w"'`[.]{2,100}/i),
  sql(/\binsert\s+into\s+[\w"'`[\].]{1,100}\s*(?:\([^()]{1,500}\)\s*)?values\s*\(/i),
  sql(/\bupdate\s+[\w"'`[\].]{1,100}\s+set\s+[\w"'`[\].]{1,100}\s*=/i),
  sql(/\bdelete\s+from\s+[\w"'`[\].]{1,100}\s+where\s+[\w"'`[\].]{1,100}\s*(?:[=<>]|in\s*\(|is\s+(?:not\s+)?null|like\s+')/i),
  sql(/\b(?:CREATE|DROP|ALTER) TABLE\s+[\w"'`[.]{1,100}/),
  sql(
    /\bSQLSTATE\b|\bORA-\d{5}\b|\bSQLITE_[A-Z]{3,}|\bPLS-\d{5}\b|\bER_(?:DUP_ENTRY|PARSE_ERROR|NO_SUCH_TABLE|BAD_FIELD_ERROR|DATA_TOO_LONG|BAD_NULL_ERROR|TRUNCATED_WRONG_VALUE)/,
  ),
  sql(
    /You have an error in your SQL syntax|syntax error at or near "|unterminated quoted string at or near|near "[^"\n]{0,60}": syntax error/,
  ),
  sql(/violates (?:unique|foreign key|not-null|check) constraint|(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed/),
  sql(
    /\bDuplicate entry '|\bData too long for column '|\bIncorrect string value: '|\bOut of range value for column '|\bvalue too long for type character/,
  ),
  sql(
    /\brelation "[^"\n]{1,100}" does not exist|\bcolumn "[^"\n]{1,100}" of relation "|\bno such (?:table|column): \w|\bE11000 duplicate key\b/,
  ),
]

/** A long text is searched in its beginning: an answer that leaks says so early. */
const maxSearched = 256 * 1024
/** Cheap test that nearly all answers fail: some sign without which no pattern matches. */
const anySign =
  /\bat |[Ee]xception|Traceback|CallStack|File "|goroutine|panic|\.go:|PHP |#\d|\.php|\.rb:|thread '|\.[a-z]{1,5}:\d|\/(?:home|Users|usr|var|opt|srv|private|proc|app|etc|root|tmp|mnt|data|code|workspace|go|build|src|server|service|dist|node_modules)\/|:\\|[Ss][Ee][Ll][Ee][Cc][Tt]\s|[Ii][Nn][Tt][Oo]\s|\s[Ss][Ee][Tt]\s|\s[Ff][Rr][Oo][Mm]\s|TABLE\s|SQL|ORA-|ER_|PLS-|syntax error|constraint|entry '|too long|Incorrect string|Out of range|relation "|no such|E11000|unterminated/

/** Attributes of a page that hold URLs, not files. */
const links = /\b(?:src|href|action)\s*=\s*(?:"[^"]{0,500}"|'[^']{0,500}')/gi

/** A piece of a server's inside, found in a text. */
export interface Found {
  readonly kind: Internal
  readonly text: string
}

/** The first pieces of a server's inside in a text: one for each pattern, worst kinds first. Escapes of JSON in it are undone. */
export function internalsIn(raw: string): readonly Found[] {
  const text = unescaped(raw.length > maxSearched ? raw.slice(0, maxSearched) : raw)
  if (!anySign.test(text)) return []
  return search(text.includes('<') ? text.replace(links, '') : text)
}

function search(text: string): readonly Found[] {
  return patterns.flatMap(({ kind, expression }) => {
    const match = expression.exec(text)
    return match ? [{ kind, text: match[0] }] : []
  })
}

/** Undoes the escapes of JSON strings, so that a pattern sees line ends, quotes and slashes. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([nrt"\\/bf]))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' }

/** A text in which quoting makes no difference: escapes, entities, percent signs, blanks and case are levelled. */
export function levelled(text: string): string {
  const percent = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const plain = unescaped(unescaped(percent))
    .replace(/&quot;|&#34;|&#x22;/gi, '"')
    .replace(/&#0?39;|&#x27;|&apos;/gi, "'")
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&amp;/gi, '&')
  return plain.replace(/[\\\s]+/g, ' ').toLowerCase()
}
