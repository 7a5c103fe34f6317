import { keyFrom } from './api.js'
import { startRunsChart } from './runs-chart.js'
import { askForKey } from './key.js'
import { startOrganize } from './organize.js'
import { look, startOverview } from './overview.js'
import { startSearch } from './search.js'
import { startSheet } from './sheet.js'
import { startUniverses } from './universes.js'
import { startUpload } from './upload.js'

keyFrom(askForKey)
startOrganize(() => void look())
startRunsChart()
startUniverses()
startSearch()
startUpload(() => void look())
void startOverview()
startSheet()
