import eslint from '@eslint/js'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

/** Rooms of src/ and the rooms each may import; errors.ts, config.ts and package.ts are open to all. */
const ROOMS = {
  documents: [],
  database: [],
  load: ['documents', 'database'],
  relay: ['database'],
  cache: ['database', 'relay'],
  operations: ['documents', 'database', 'load'],
  jobs: ['documents', 'database', 'relay', 'operations'],
  doctor: ['database', 'relay', 'operations'],
  console: ['documents', 'database', 'load', 'operations', 'doctor'],
  http: ['documents', 'database', 'load', 'relay', 'cache', 'operations', 'jobs', 'console'],
  dev: ['database', 'load', 'relay', 'operations', 'console', 'http'],
  cli: ['documents', 'database', 'load', 'relay', 'operations', 'doctor', 'console', 'http', 'dev'],
}
/** Folders of src/http below its routes and its root, which assembles the server. */
const HTTP_FOLDERS = ['observability', 'responses', 'schemas', 'security', 'uploads']
const BASE = ['errors.ts', 'config.ts', 'package.ts']

const zones = [
  {
    target: BASE.map((file) => `src/${file}`),
    from: 'src',
    except: BASE,
    message: 'Base modules import no room.',
  },
  ...Object.entries(ROOMS).map(([room, below]) => ({
    target: `src/${room}`,
    from: 'src',
    except: [room, ...below, ...BASE],
    message: `src/${room} may import ${[...below, 'the base modules'].join(', ')}.`,
  })),
  {
    target: HTTP_FOLDERS.map((folder) => `src/http/${folder}`),
    from: 'src/http',
    except: [...HTTP_FOLDERS, 'database.ts', 'service.ts'],
    message: 'Only src/http/routes and the root of src/http may import from there.',
  },
]

const OPENING = /^[*\s]*(What|How|Whether|Who|Whose|Whoever|Whatever|Whichever)\b/

/** Comments that open with a question word instead of a verb or a noun. */
const commentOpening = {
  create: ({ sourceCode, report }) => ({
    Program() {
      const comments = sourceCode.getAllComments()
      for (const [index, { type, value, loc }] of comments.entries()) {
        const previous = comments[index - 1]
        const continues = previous?.type === 'Line' && previous.loc.end.line === loc.start.line - 1
        if (OPENING.test(value) && !(type === 'Line' && continues))
          report({ loc, message: 'Open the comment with a verb or a noun.' })
      }
    },
  }),
}

const LITERAL_SPREADS = [
  'ArrayExpression > SpreadElement > ArrayExpression',
  'ArrayExpression > SpreadElement > TSAsExpression > ArrayExpression',
  'ObjectExpression > SpreadElement > ObjectExpression',
].map((selector) => ({ selector, message: 'Write the elements of the literal without a spread.' }))

export default tseslint.config(
  { ignores: ['dist/', 'dist-test/', 'node_modules/', '.universes/', 'eslint.config.js'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX, english: { rules: { 'comment-opening': commentOpening } } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts'] } })],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'english/comment-opening': 'error',
      'no-restricted-syntax': ['error', ...LITERAL_SPREADS],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  { files: ['test/**'], rules: { 'max-lines-per-function': 'off' } },
)
