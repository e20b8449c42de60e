// The interactive reference, made from /openapi.yaml. Everything comes from this server: the page also works offline.

// Swagger UI's dark colours hang on a class; the page follows the system, also when it changes while the page is open.
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const followSystem = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followSystem);
followSystem();

// The key may also be sent in the query, but not from here: the dialog would put the cursor into that field, and the key
// would end up in addresses.
const askForTheKeyInTheHeader = {
  statePlugins: {
    auth: {
      wrapSelectors: {
        definitionsToAuthorize: (original) => (state) =>
          original(state)?.filterNot((schemes) => schemes.some((scheme) => scheme.get('in') === 'query')),
      },
    },
  },
};

SwaggerUIBundle({
  url: '/openapi.yaml',
  domNode: document.getElementById('reference'),
  plugins: [askForTheKeyInTheHeader],
  // Otherwise a badge is fetched from a validator on the internet.
  validatorUrl: null,
  // A key is forgotten with the page; it is never left in the browser's storage.
  persistAuthorization: false,
  // No ?url=… in a link may make this page show, and send a key to, somebody else's document.
  queryConfigEnabled: false,
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 4,
});
