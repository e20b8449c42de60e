// The interactive API reference, generated from /openapi.yaml. All files come from this server, so the page works offline.

// Swagger UI switches to dark colours by a class. The page follows the setting of the system, also when it changes later.
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const followSystem = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followSystem);
followSystem();

// The dialog asks for the key in the header only. It would put the cursor into the field for the query parameter, and the key
// would end up in URLs.
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
  // Otherwise the page fetches a badge from a validator on the internet.
  validatorUrl: null,
  // The key is forgotten when the page is closed; it is never stored in the browser.
  persistAuthorization: false,
  // A link with ?url=… must not make this page show a foreign document and send a key to its server.
  queryConfigEnabled: false,
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 4,
});
