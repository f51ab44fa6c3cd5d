import type { buildConnector as BuildConnector, Client as UndiciClient } from 'undici'

// The two parts that are used here: the whole, with its fetch, its cookies and its web sockets, takes three times as long to load.
export const Client = require('undici/lib/dispatcher/client.js') as typeof UndiciClient
export type Client = UndiciClient
export const buildConnector = require('undici/lib/core/connect.js') as typeof BuildConnector
