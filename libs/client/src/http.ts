export { httpTransport, type HttpTransportOptions } from './connection/http-transport';
