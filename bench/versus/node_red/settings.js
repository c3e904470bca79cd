// Node-RED without its editor, with a context that is on disk a second later: the rule's state outlives a restart.
module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.VERSUS_PORT),
  disableEditor: true,
  httpAdminRoot: false,
  httpNodeRoot: false,
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
  contextStorage: {
    default: { module: "localfilesystem", config: { cache: true, flushInterval: 1 } },
    memory: { module: "memory" },
  },
  logging: { console: { level: "warn", metrics: false, audit: false } },
};
