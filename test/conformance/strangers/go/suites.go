// Package strangers pins the versions of the suites that are run.
package strangers

import _ "github.com/guregu/dynamo/v2"
