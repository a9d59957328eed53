export { BrokerClient, type BrokerClientOptions } from './microservices-client.js';
export { BrokerContext } from './microservices-context.js';
export { BrokerServer, type BrokerServerOptions } from './microservices-server.js';
