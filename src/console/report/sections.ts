import type { RelationshipReport } from '../../operations/report.js'
import { alertSection, integritySection, loadSection, runSection } from './activity.js'
import { fundSection, universeSection } from './detail.js'
import { coverageSection, sectorSection, typeSection } from './overview.js'
import type { Section } from './section.js'

/** Sections of a report in their order. */
export function reportSections(report: RelationshipReport): Section[] {
  const sections = [
    sectorSection(report),
    coverageSection(report),
    typeSection(report),
    integritySection(report),
    alertSection(report),
    runSection(report),
    loadSection(report),
  ]
  if (report.universes?.length) sections.push(universeSection(report.universes))
  if (report.funds?.length) sections.push(fundSection(report.funds))
  return sections
}
