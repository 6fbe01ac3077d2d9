/** One row of the locations list. */
export interface Location {
  readonly name: string;
  readonly displayName: string;
  readonly geographyGroup: string;
  readonly geography: string;
  readonly physical: boolean;
  readonly recommended?: boolean;
  readonly zones?: number;
  readonly physicalLocation?: string;
  readonly latitude?: string;
  readonly longitude?: string;
  readonly paired?: string;
}

/**
 * The public regions of 2026 as a subscription sees them, with the traps: stage and EUAP regions
 * that call themselves Physical, and logical ones.
 */
const PHYSICAL = `
eastus|East US|US|United States|Virginia|37.3719|-79.8164|westus|R|3
eastus2|East US 2|US|United States|Virginia|36.6681|-78.3889|centralus|R|3
southcentralus|South Central US|US|United States|Texas|29.4167|-98.5|northcentralus|R|3
westus2|West US 2|US|United States|Washington|47.233|-119.852|westcentralus|R|3
westus3|West US 3|US|United States|Phoenix|33.448376|-112.074036|eastus|R|3
australiaeast|Australia East|Asia Pacific|Australia|New South Wales|-33.86|151.2094|australiasoutheast|R|3
southeastasia|Southeast Asia|Asia Pacific|Asia Pacific|Singapore|1.283|103.833|eastasia|R|3
northeurope|North Europe|Europe|Europe|Ireland|53.3478|-6.2597|westeurope|R|3
swedencentral|Sweden Central|Europe|Sweden|Gävle|60.67488|17.14127|swedensouth|R|3
uksouth|UK South|UK|United Kingdom|London|50.941|-0.799|ukwest|R|3
westeurope|West Europe|Europe|Europe|Netherlands|52.3667|4.9|northeurope|R|3
centralus|Central US|US|United States|Iowa|41.5908|-93.6208|eastus2|R|3
southafricanorth|South Africa North|Africa|South Africa|Johannesburg|-25.73134|28.21837|southafricawest|R|3
centralindia|Central India|Asia Pacific|India|Pune|18.5822|73.9197|southindia|R|3
eastasia|East Asia|Asia Pacific|Asia Pacific|Hong Kong|22.267|114.188|southeastasia|R|3
indonesiacentral|Indonesia Central|Asia Pacific|Indonesia|Jakarta|-6.2|106.816667||R|3
japaneast|Japan East|Asia Pacific|Japan|Tokyo, Saitama|35.68|139.77|japanwest|R|3
japanwest|Japan West|Asia Pacific|Japan|Osaka|34.6939|135.5022|japaneast|R|3
koreacentral|Korea Central|Asia Pacific|Korea|Seoul|37.5665|126.978|koreasouth|R|3
malaysiawest|Malaysia West|Asia Pacific|Malaysia|Kuala Lumpur|3.14|101.69||R|3
newzealandnorth|New Zealand North|Asia Pacific|New Zealand|Auckland|-36.84853|174.76349||R|3
canadacentral|Canada Central|Canada|Canada|Toronto|43.653|-79.383|canadaeast|R|3
austriaeast|Austria East|Europe|Austria|Vienna|48.2|16.37||R|3
francecentral|France Central|Europe|France|Paris|46.3772|2.373|francesouth|R|3
germanywestcentral|Germany West Central|Europe|Germany|Frankfurt|50.110924|8.682127|germanynorth|R|3
italynorth|Italy North|Europe|Italy|Milan|45.46888|9.18109||R|3
norwayeast|Norway East|Europe|Norway|Norway|59.913868|10.752245|norwaywest|R|3
polandcentral|Poland Central|Europe|Poland|Warsaw|52.23334|21.01666||R|3
spaincentral|Spain Central|Europe|Spain|Madrid|40.4259|3.4209||R|3
switzerlandnorth|Switzerland North|Europe|Switzerland|Zurich|47.451542|8.564572|switzerlandwest|R|3
mexicocentral|Mexico Central|Mexico|Mexico|Querétaro State|20.588818|-100.389888||R|3
uaenorth|UAE North|Middle East|UAE|Dubai|25.266666|55.316666|uaecentral|R|3
brazilsouth|Brazil South|South America|Brazil|Sao Paulo State|-23.55|-46.633|southcentralus|R|3
chilecentral|Chile Central|South America|Chile|Santiago|-33.447487|-70.673676||R|3
israelcentral|Israel Central|Middle East|Israel|Israel|31.2655698|33.4506633||R|3
qatarcentral|Qatar Central|Middle East|Qatar|Doha|25.551462|51.439327||R|3
westus|West US|US|United States|California|37.783|-122.417|eastus|O|0
northcentralus|North Central US|US|United States|Illinois|41.8819|-87.6278|southcentralus|O|0
westcentralus|West Central US|US|United States|Wyoming|40.89|-110.234|westus2|O|0
southafricawest|South Africa West|Africa|South Africa|Cape Town|-34.075691|18.843266|southafricanorth|O|0
australiacentral|Australia Central|Asia Pacific|Australia|Canberra|-35.3075|149.1244|australiacentral2|O|0
australiacentral2|Australia Central 2|Asia Pacific|Australia|Canberra|-35.3075|149.1244|australiacentral|O|0
australiasoutheast|Australia Southeast|Asia Pacific|Australia|Victoria|-37.8136|144.9631|australiaeast|O|0
koreasouth|Korea South|Asia Pacific|Korea|Busan|35.1796|129.0756|koreacentral|O|0
southindia|South India|Asia Pacific|India|Chennai|12.9822|80.1636|centralindia|O|0
westindia|West India|Asia Pacific|India|Mumbai|19.088|72.868|southindia|O|0
jioindiawest|Jio India West|Asia Pacific|India|Jamnagar|22.470701|70.05773|jioindiacentral|O|0
jioindiacentral|Jio India Central|Asia Pacific|India|Nagpur|21.146633|79.08886|jioindiawest|O|0
canadaeast|Canada East|Canada|Canada|Quebec|46.817|-71.217|canadacentral|O|0
francesouth|France South|Europe|France|Marseille|43.8345|2.1972|francecentral|O|0
germanynorth|Germany North|Europe|Germany|Berlin|53.073635|8.806422|germanywestcentral|O|0
norwaywest|Norway West|Europe|Norway|Norway|58.969975|5.733107|norwayeast|O|0
swedensouth|Sweden South|Europe|Sweden|Malmö|55.6059|13.0007|swedencentral|O|0
switzerlandwest|Switzerland West|Europe|Switzerland|Geneva|46.204391|6.143158|switzerlandnorth|O|0
ukwest|UK West|UK|United Kingdom|Cardiff|53.427|-3.084|uksouth|O|0
uaecentral|UAE Central|Middle East|UAE|Abu Dhabi|24.466667|54.366669|uaenorth|O|0
brazilsoutheast|Brazil Southeast|South America|Brazil|Rio|-22.90278|-43.2075|brazilsouth|O|0
eastusstg|East US STG|US|Stage (US)|Virginia|37.3719|-79.8164|southcentralusstg|O|0
southcentralusstg|South Central US STG|US|Stage (US)|Texas|29.4167|-98.5|eastusstg|O|0
eastus2euap|East US 2 EUAP|US|Canary (US)|Virginia|36.6681|-78.3889|centraluseuap|O|0
centraluseuap|Central US EUAP|US|Canary (US)|Iowa|41.5908|-93.6208|eastus2euap|O|0
`;

const LOGICAL = `
centralusstage|Central US (Stage)|usa|US
eastusstage|East US (Stage)|usa|US
eastus2stage|East US 2 (Stage)|usa|US
westusstage|West US (Stage)|usa|US
eastasiastage|East Asia (Stage)|asia|Asia Pacific
asia|Asia|asia|Asia Pacific
europe|Europe|europe|Europe
unitedstates|United States|usa|US
global|Global|global|
uk|United Kingdom|uk|UK
`;

export const LOCATIONS: readonly Location[] = [
  ...rows(PHYSICAL).map(physicalOf),
  ...rows(LOGICAL).map(logicalOf),
];

/** By name or display name, spaces and case aside, as ARM reads `location`. Physical ones only. */
export function locationNamed(text: string): Location | undefined {
  const wanted = text.replaceAll(' ', '').toLowerCase();
  return LOCATIONS.find((location) => location.physical && location.name === wanted);
}

function rows(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((row) => row.split('|'));
}

function physicalOf(cells: readonly string[]): Location {
  const [name = '', displayName = '', geographyGroup = '', geography = '', place = ''] = cells;
  const [latitude = '', longitude = '', paired = '', category = '', zones = '0'] = cells.slice(5);
  return {
    name,
    displayName,
    geographyGroup,
    geography,
    physical: true,
    recommended: category === 'R',
    zones: Number(zones),
    physicalLocation: place,
    latitude,
    longitude,
    ...(paired === '' ? {} : { paired }),
  };
}

function logicalOf(cells: readonly string[]): Location {
  const [name = '', displayName = '', geography = '', geographyGroup = ''] = cells;
  return { name, displayName, geography, geographyGroup, physical: false };
}
