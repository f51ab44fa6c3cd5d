# The Pact Broker on SQLite. Any of its settings can be given in the environment as PACT_BROKER_*:
# https://docs.pact.io/pact_broker/docker_images/pactfoundation
ENV['PACT_DO_NOT_TRACK'] = 'true'

require 'sequel'
# What the broker itself still uses is no news for those who run it.
Sequel::Deprecation.output = false
require 'pact_broker'

run(PactBroker::App.new { |config|
  config.database_url = ENV['PACT_BROKER_DATABASE_URL'] || "sqlite:///#{File.expand_path('broker.sqlite3', __dir__)}"
  config.seed_example_data = false
  config.public_heartbeat = true
  config.basic_auth_enabled = ENV.key?('PACT_BROKER_BASIC_AUTH_USERNAME')
  config.log_stream = :stdout
})
